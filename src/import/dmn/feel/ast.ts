// FEEL as a tree. Places are offsets in UTF-16 code units of the text it was written in, end exclusive.

import type { XmlElement } from '../xml.js';
import type { Decimal } from './decimal.js';

export interface Place {
  /** The element whose text it is. */
  readonly element: XmlElement;
  readonly start: number;
  readonly end: number;
}

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '**';

export interface Iterator {
  readonly name: string;
  readonly list: Feel;
}

/** What a test of a cell, or of `in`, may be. */
export type Test =
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly value: Feel; readonly place: Place }
  | { readonly kind: 'range'; readonly range: RangeNode; readonly place: Place }
  | { readonly kind: 'value'; readonly value: Feel; readonly place: Place };

export interface UnaryTests {
  /** `-`, or nothing. */
  readonly any: boolean;
  readonly not: boolean;
  readonly tests: readonly Test[];
}

export interface RangeNode {
  readonly kind: 'range';
  readonly low: Feel;
  readonly lowOpen: boolean;
  readonly high: Feel;
  readonly highOpen: boolean;
  readonly place: Place;
}

export interface Entry {
  readonly name: string;
  readonly value: Feel;
}

export type Feel =
  | { readonly kind: 'number'; readonly value: Decimal; readonly place: Place }
  | { readonly kind: 'text'; readonly value: string; readonly place: Place }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly place: Place }
  | { readonly kind: 'null'; readonly place: Place }
  | { readonly kind: 'at'; readonly value: string; readonly place: Place }
  | { readonly kind: 'name'; readonly name: string; readonly place: Place }
  | { readonly kind: 'path'; readonly of: Feel; readonly name: string; readonly place: Place }
  | { readonly kind: 'negate'; readonly of: Feel; readonly place: Place }
  | {
      readonly kind: 'arithmetic';
      readonly operator: Arithmetic;
      readonly left: Feel;
      readonly right: Feel;
      readonly place: Place;
    }
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Feel;
      readonly right: Feel;
      readonly place: Place;
    }
  | { readonly kind: 'logic'; readonly operator: 'and' | 'or'; readonly parts: readonly Feel[]; readonly place: Place }
  | { readonly kind: 'between'; readonly value: Feel; readonly low: Feel; readonly high: Feel; readonly place: Place }
  | { readonly kind: 'in'; readonly value: Feel; readonly tests: UnaryTests; readonly place: Place }
  | { readonly kind: 'instance'; readonly value: Feel; readonly type: string; readonly place: Place }
  | { readonly kind: 'if'; readonly when: Feel; readonly then: Feel; readonly otherwise: Feel; readonly place: Place }
  | { readonly kind: 'for'; readonly iterators: readonly Iterator[]; readonly body: Feel; readonly place: Place }
  | {
      readonly kind: 'quantified';
      readonly quantifier: 'some' | 'every';
      readonly iterators: readonly Iterator[];
      readonly body: Feel;
      readonly place: Place;
    }
  | { readonly kind: 'function'; readonly parameters: readonly string[]; readonly body: Feel; readonly place: Place }
  | {
      readonly kind: 'call';
      readonly of: Feel;
      /** By position, or all by name. */
      readonly values: readonly { readonly name?: string; readonly value: Feel }[];
      readonly place: Place;
    }
  | { readonly kind: 'filter'; readonly of: Feel; readonly test: Feel; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly Feel[]; readonly place: Place }
  | { readonly kind: 'context'; readonly entries: readonly Entry[]; readonly result?: Feel; readonly place: Place }
  | { readonly kind: 'table'; readonly table: TableNode; readonly place: Place }
  | RangeNode;

export type HitPolicyName = 'UNIQUE' | 'FIRST' | 'PRIORITY' | 'ANY' | 'COLLECT' | 'RULE ORDER' | 'OUTPUT ORDER';

/** A decision table, as a boxed expression is one. */
export interface TableNode {
  readonly hitPolicy: HitPolicyName;
  readonly aggregation: 'SUM' | 'COUNT' | 'MIN' | 'MAX' | undefined;
  readonly inputs: readonly { readonly label: string | undefined; readonly value: Feel; readonly element: XmlElement }[];
  readonly outputs: readonly TableOutputNode[];
  readonly rows: readonly TableRowNode[];
  readonly element: XmlElement;
}

export interface TableOutputNode {
  readonly name: string | undefined;
  readonly typeRef: string | undefined;
  /** All values in order, the most important first. */
  readonly values: UnaryTests | undefined;
  readonly default: Feel | undefined;
  readonly element: XmlElement;
}

export interface TableRowNode {
  readonly when: readonly { readonly tests: UnaryTests; readonly element: XmlElement }[];
  readonly then: readonly { readonly value: Feel; readonly element: XmlElement }[];
  readonly note: string | undefined;
  readonly element: XmlElement;
}
