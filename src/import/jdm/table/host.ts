// What a decision table asks of the importer.

import type { Span } from '../../../diagnostic/diagnostic.js';
import type { Code } from '../code.js';
import type { TableContent } from '../document.js';
import type { Emission } from '../emission.js';
import type { ZenNode } from '../expression/node.js';
import type { Scope } from '../expression/translate.js';

export interface TableHost {
  readonly emission: Emission;
  /** Names of the table's expressions; what `$` is, the row says. */
  readonly scope: Scope;
  /** Parses; a fault is reported at the cell, and gives undefined. */
  parse(text: string, isCell: boolean, span: () => Span): ZenNode | undefined;
  readonly content: TableContent;
  readonly name: string;
  /** When the node is reached. */
  readonly active: Code;
  /** Place of a cell in the document. */
  spanOf(row: number, column: string): Span;
}
