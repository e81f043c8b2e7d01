// What an importer is: the source of rules of another engine in, a bundle and diagnostics out. Importers are pure, as the compiler
// is: no files, no clock, and whatever is wrong with a source is said, never thrown.

import type { BundleFiles } from '../bundle/files.js';
import type { Diagnostic } from '../diagnostic/diagnostic.js';
import type { Original } from './verify.js';

export interface ImportSource {
  /** Name of the file, for its extension, for diagnostics, and for the bundle's name where no other is given. */
  readonly name: string;
  readonly text: string;
}

export interface ImportOptions {
  /** Name of the bundle: small letters, digits and `-`. Default: made from the source's. */
  readonly name?: string;
  /** Payloads as JSON.parse gives them, from which the model is inferred where the source declares no types. */
  readonly payloads?: readonly Readonly<Record<string, unknown>>[];
}

export interface Imported {
  /** The bundle; empty where nothing of the source could be carried over. */
  readonly files: BundleFiles;
  /**
   * What was not carried over, and why. Spans are in the source (`span.file` is its name). An error is a part that cannot mean the
   * same and is left out; a warning is what somebody should look at.
   */
  readonly diagnostics: readonly Diagnostic[];
  /** The original answers with the payload and the outputs merged over it; else with the outputs alone. */
  readonly passesThrough?: boolean;
  /** True where the original answers with what is no object, such as a list: it is the output `result` here. */
  readonly isResult?: boolean;
  /** Paths of lists among the outputs that are empty where the original has none. */
  readonly emptyLists?: readonly string[];
  /**
   * Parts of the source that came over, as the original is asked for them, with the names that they have among the outputs: rules
   * by their JSON Pointer, expressions by their name.
   */
  readonly cameOver?: ReadonlyMap<string, string>;
  /** Paths of fields that have another name than in the source, and that name: callers have to change what they send. */
  readonly renamed?: ReadonlyMap<string, string>;
  /** What the rules compare fields with, by path: where payloads that are drawn should lie. */
  readonly constants?: ReadonlyMap<string, readonly (string | number | boolean)[]>;
}

export type Importer = (source: ImportSource, options: ImportOptions) => Imported;

/** How a format is recognised and read. */
export interface ImportFormat {
  /** As `--from` names it. */
  readonly id: string;
  /** As people name it. */
  readonly title: string;
  /** True where the source looks like this format, by its content or its extension. Cheap: it parses JSON at most. */
  recognises(source: ImportSource): boolean;
  /** True where types of fields are inferred from payloads. */
  readonly infersModel?: boolean;
  /** Loads the importer, which brings its parsers along. */
  load(): Promise<Importer>;
  /** Package of the engine that the source was written for. */
  readonly package?: string;
  /**
   * That engine with what came over of the source, to compare with; undefined where it is not installed. Rejects where the engine
   * refuses the source.
   */
  original?(source: ImportSource, imported: Imported): Promise<Original | undefined>;
}
