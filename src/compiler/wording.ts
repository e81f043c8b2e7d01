// How reports about cost name parts of expressions.

import { writtenPath } from '../schema/field-name.js';
import type { Ir } from './ir.js';

/** What makes texts cheaper. */
export const SHORTER_TEXTS = 'give the texts a smaller `maxLength` in the model';

/** A count as people read it: 4,096. */
export function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** What an expression reads, where it has a name: "`note`", else what it is called here. */
export function nameOf(ir: Ir, otherwise: string): string {
  switch (ir.op) {
    case 'field':
    case 'member':
      return `\`${writtenPath(ir.field.path)}\``;
    case 'feature':
      return `\`${ir.feature.name}\``;
    case 'local':
      return ir.local.name === '' ? otherwise : `\`${ir.local.name}\``;
    default:
      return otherwise;
  }
}

/** What would make a construct over a text cheaper. */
export function shorterText(ir: Ir): string {
  return ir.op === 'field' || ir.op === 'member' ? `give \`${ir.field.path}\` a smaller \`maxLength\` in the model` : SHORTER_TEXTS;
}

/** What would make a loop over a list cheaper. */
export function shorterList(ir: Ir): string {
  const name = ir.op === 'field' || ir.op === 'member' ? `\`${ir.field.path}\`` : 'the list';
  return `give ${name} a smaller \`maxItems\` in the model`;
}
