// Where the parts of a document stand in its file: what a document asks of its syntax tree, whoever has read it.

/** A scalar, a map, a sequence or an alias in a file. */
export interface Place {
  /** Offsets of its first character and behind its last. */
  readonly start: number;
  readonly end: number;
  readonly isCollection: boolean;
}

/** How a scalar is written. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'block' | 'unknown';

export interface Member {
  /** Null where nothing is written. */
  value: Place | null;
  /** What is pointed at for the key; of a sequence the item. */
  key: Place | null;
}

export interface Places {
  /** Null in an empty document. */
  readonly root: Place | null;
  /** The member of a map with that key, or the item of a sequence with that index; an alias stands for what it names. */
  child(parent: Place | null, key: string): Member | undefined;
  /** The text of a scalar and how it is written, a string's value and the spelling of all else; an alias stands for what it names. */
  scalarAt(place: Place | null): { text: string; start: number; end: number; style: ScalarStyle } | undefined;
  /** The key itself, where it is a scalar with that text and no alias. */
  isWritten(key: Place, text: string): boolean;
}
