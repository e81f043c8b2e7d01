// Outputs of decisions as columns of a table, and as lines for people.

import type { OutputShape } from '../schema/output-shape.js';
import { type Outputs, outputNamed } from '../schema/outputs.js';

/** The columns of outputs, each with a comma before it. */
export function outputHeader(shapes: readonly OutputShape[]): string {
  return shapes.map(({ name }) => `,${csvCell(`outputs.${name}`)}`).join('');
}

/** The cells of a decision's outputs, likewise; lists as JSON, null as an empty cell. */
export function outputCells(outputs: Outputs | undefined, shapes: readonly OutputShape[]): string {
  return shapes
    .map(({ name }) => {
      const value = outputNamed(outputs, name);
      if (value === null || value === undefined) return ',';
      return `,${csvCell(typeof value === 'object' ? JSON.stringify(value) : String(value))}`;
    })
    .join('');
}

/** RFC 4180: quotes where they are needed. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
