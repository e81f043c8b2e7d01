// A decision table as the proofs see it: one dimension for each input, and of each row the set of values that each cell takes.
// Exact for cells that are ranges, sets and enums; a cell that is anything else is opaque: it may hold or not.

/**
 * A value of an input. number: f64, NaN too; bigint: decimals scaled, timestamps in microseconds, dates in days; enum members by
 * number; booleans; texts.
 */
export type DomainValue = number | bigint | boolean | string | null;

/** f64. `integer`: only whole numbers. `nan`: NaN can occur; a field with `minimum` or `maximum` never is NaN. */
export interface NumberDomain {
  kind: 'number';
  /** Inclusive; -Infinity and Infinity where there is no bound. */
  low: number;
  high: number;
  integer: boolean;
  nan: boolean;
  nullable: boolean;
}

/** Whole numbers of any size: decimals, timestamps, dates. */
export interface ExactDomain {
  kind: 'exact';
  /** Inclusive. */
  low: bigint;
  high: bigint;
  /** What a person counts in: 10^scale of a decimal, 1_000_000 of a timestamp, 1 of a date. Witnesses are multiples if they can. */
  unit: bigint;
  /** What a person writes where any value will do: 2000-01-01. */
  usual?: bigint;
  nullable: boolean;
}

/** Enums (members by number) and booleans. */
export interface FiniteDomain {
  kind: 'finite';
  members: readonly (number | boolean)[];
  nullable: boolean;
}

/** Texts: those that cells name, and all others. Lengths in code points. */
export interface TextDomain {
  kind: 'text';
  charsMin: number;
  charsMax: number;
  nullable: boolean;
}

export type ColumnDomain = NumberDomain | ExactDomain | FiniteDomain | TextDomain;

/** Absent bounds are none. Closed unless marked open. An interval without values is allowed and counts as nothing. */
export interface Interval {
  low?: number | bigint;
  high?: number | bigint;
  lowOpen?: boolean;
  highOpen?: boolean;
}

/** What a cell over a number or exact domain takes: the union of intervals, in any order; values of the domain's kind. */
export interface IntervalSet {
  kind: 'intervals';
  intervals: readonly Interval[];
  /** Null is in it. */
  null: boolean;
  /** NaN is in it. `!== 5` takes NaN, `> 5` does not. */
  nan: boolean;
}

/** What a cell over a finite or text domain takes. */
export interface MemberSet {
  kind: 'members';
  members: readonly (number | boolean | string)[];
  /** All values but these (null apart). */
  except: boolean;
  /** Null is in it. */
  null: boolean;
}

/** An expression that no set describes; it may hold or not. */
export interface OpaqueCell {
  kind: 'opaque';
}

export type CellSet = IntervalSet | MemberSet | OpaqueCell;

/** An optional object of the payload: where it is null, every value in it is. */
export interface OptionalObject {
  /** Index in TableForm.objects of an optional object around it. */
  inside?: number;
}

export interface TableDimension {
  /** As the author names it, for messages. Two columns with one input expression are one dimension. */
  name: string;
  domain: ColumnDomain;
  /**
   * Every value of the domain can occur, whatever the other dimensions are: a field. False for an expression: then gaps and
   * overlaps that depend on it are claimed only where a payload shows them.
   */
  free: boolean;
  /**
   * Index in TableForm.objects of the innermost optional object that the field lies in. `domain.nullable` is true then;
   * `ownNull` says whether it may be null although its object is there.
   */
  object?: number;
  ownNull?: boolean;
}

export interface TableRow {
  /** One for each dimension; undefined takes any value, null too. A row matches where all hold. */
  cells: readonly (CellSet | undefined)[];
  /** Something else decides with the cells whether the row matches, as an opaque cell does. */
  opaque?: boolean;
  /** Rows with equal outputs have equal keys. */
  outputsKey: string;
  /** `priority`: 0 is the highest. Rows of one priority count from the top. */
  priority?: number;
}

export type TablePolicy = 'unique' | 'any' | 'priority' | 'first' | 'ruleOrder' | 'outputOrder' | 'collect';

export interface TableForm {
  dimensions: readonly TableDimension[];
  /** Optional objects that dimensions lie in. */
  objects: readonly OptionalObject[];
  rows: readonly TableRow[];
  policy: TablePolicy;
}

/** A value for each dimension. */
export type Witness = readonly DomainValue[];

/** A set of points: a set of values for each dimension; undefined: any value. */
export type Region = readonly (Exclude<CellSet, OpaqueCell> | undefined)[];

/** Inputs for which no row matches: the largest region around it, and one point of it. */
export interface GapFinding {
  kind: 'gap';
  region: Region;
  witness: Witness;
  payload?: unknown;
}

/** Two rows match the same inputs (`unique`), or do and differ in outputs (`any`). `first` stands above `second`. */
export interface OverlapFinding {
  kind: 'overlap';
  first: number;
  second: number;
  region: Region;
  witness: Witness;
  payload?: unknown;
}

/** A row that is never taken (`first`, `priority`): other rows match all of its inputs before it. */
export interface ShadowFinding {
  kind: 'shadow';
  row: number;
  /** Rows that together take all of its inputs; none can be left out (where there are few). */
  by: readonly number[];
  /** An input of the row (of one with an opaque cell: one that its other cells take). Absent where none is known. */
  witness?: Witness;
  payload?: unknown;
}

/** A row that matches no input: one of its cells has no value that can occur. */
export interface NeverFinding {
  kind: 'never';
  row: number;
  /** Dimension of the cell; absent where several cells exclude each other (two fields of one object that is null for one). */
  dimension?: number;
}

/** A row that can be removed: `by` matches whatever it matches, with the same outputs (`any`, `first`). */
export interface RedundantFinding {
  kind: 'redundant';
  row: number;
  by: number;
}

/** A column whose cells take everything. */
export interface ConstantColumnFinding {
  kind: 'constantColumn';
  dimension: number;
}

export type TableFinding = GapFinding | OverlapFinding | ShadowFinding | NeverFinding | RedundantFinding | ConstantColumnFinding;

/** A question that is not settled. */
export interface NotProven {
  what: 'gap' | 'overlap' | 'shadow' | 'never' | 'redundant';
  /**
   * opaque: cells that are expressions decide; steps: the budget is used up; unrealized: there is a point, but no payload with it
   * was found, since inputs depend on one another; limit: the rest of the findings is not listed.
   */
  why: 'opaque' | 'steps' | 'unrealized' | 'limit';
  /** Rows that it is about; empty: any. */
  rows: readonly number[];
  /** Where known: the inputs in question. */
  region?: Region;
  witness?: Witness;
}

export interface TableProof {
  /** Never a false claim. In a fixed order: never, gap, overlap, shadow, redundant, constantColumn. */
  findings: readonly TableFinding[];
  /** Empty: all is settled, and what is not among the findings is proven not to be. */
  notProven: readonly NotProven[];
  /** Steps used. */
  steps: number;
}

export interface ProofOptions {
  /** Steps at most; a step is about 10 ns. */
  stepsMax?: number;
  /** Gaps that are listed, and overlaps, and shadowed rows. */
  findingsMax?: number;
  /** False where a table has no gaps by definition: it has a default. */
  gaps?: boolean;
  /** Finds a payload at the witness, or elsewhere in the region; undefined where none is found. */
  realize?: (witness: Witness, region: Region) => Realized | undefined;
}

/** A payload, and the point that it is. */
export interface Realized {
  payload: unknown;
  witness: Witness;
}
