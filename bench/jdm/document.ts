// A decision table of GoRules JDM: read from a document, and one that is generated for where no document is at hand.

import { randomNumbers } from '../workload.js';

export interface JdmColumn {
  readonly id: string;
  /** Path of an input in the payload, or of an output in the answer. */
  readonly field: string;
}

export interface JdmTable {
  readonly hitPolicy: 'first';
  readonly inputs: readonly JdmColumn[];
  readonly outputs: readonly JdmColumn[];
  /** Cells by column id; an empty one takes everything. */
  readonly rows: readonly Readonly<Record<string, string>>[];
}

interface JdmNode {
  readonly type: string;
  readonly content?: { hitPolicy: string; inputs: JdmColumn[]; outputs: JdmColumn[]; rules: Record<string, string>[] };
}

/** The one decision table of a document. Throws where there is another number of them, or one of another hit policy. */
export function readJdm(text: string): JdmTable {
  const { nodes } = JSON.parse(text) as { nodes: JdmNode[] };
  const tables = nodes.filter(({ type }) => type === 'decisionTableNode');
  const content = tables[0]?.content;
  if (tables.length !== 1 || content === undefined) throw new Error(`a document with one decision table, not ${tables.length}`);
  if (content.hitPolicy !== 'first') throw new Error(`a table with hit policy first, not ${content.hitPolicy}`);
  const { inputs, outputs, rules } = content;
  return { hitPolicy: 'first', inputs, outputs, rows: rules };
}

/** The document of a table, as ZEN takes it. */
export function writeJdm({ hitPolicy, inputs, outputs, rows }: JdmTable): string {
  const column = ({ id, field }: JdmColumn): object => ({ id, field, name: field, type: 'expression' });
  const content = { hitPolicy, inputs: inputs.map(column), outputs: outputs.map(column), rules: rows };
  const node = (id: string, type: string, more: object = {}): object => ({ id, type, name: id, position: { x: 0, y: 0 }, ...more });
  return JSON.stringify({
    contentType: 'application/vnd.gorules.decision',
    nodes: [node('in', 'inputNode'), node('table', 'decisionTableNode', { content }), node('out', 'outputNode')],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'b', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  });
}

export const COUNTRIES = ['GB', 'US', 'DE', 'FR', 'NL', 'SE', 'PL', 'IT', 'ES', 'JP', 'BR', 'IN'] as const;
export const CATEGORIES = ['book', 'toy', 'food', 'tool', 'shoe', 'phone', 'garden', 'car'] as const;
export const CURRENCIES = ['GBP', 'USD', 'EUR'] as const;
export const DOMAINS = ['gmail.com', 'example.com', 'mail.test', 'corp.example'] as const;

/** So many rows over the columns of the shipping table that ZEN is tested with, each unlike the others, and one that takes all. */
export function generateJdm(rowCount: number): JdmTable {
  const next = randomNumbers(53);
  const pick = (values: readonly string[]): string => values[Math.floor(next() * values.length)]!;
  const rows = Array.from({ length: rowCount - 1 }, (_, row): Record<string, string> => {
    const spend = Math.floor(next() * 190);
    const price = Math.floor(next() * 190);
    return {
      _id: `row${row}`,
      country: `'${pick(COUNTRIES)}'`,
      spend: next() < 0.5 ? `< ${spend}` : `[${spend}..${spend + 10})`,
      email: next() < 0.5 ? `endsWith($, '@${pick(DOMAINS)}')` : '',
      category: `'${pick(CATEGORIES)}'`,
      currency: `'${pick(CURRENCIES)}'`,
      price: next() < 0.5 ? `>= ${price}` : `[${price}..${price + 10}]`,
      cost: String(1 + (row % 50)),
      unit: 'product.currency',
    };
  });
  const otherwise = Object.fromEntries(['country', 'spend', 'email', 'category', 'currency', 'price'].map((id) => [id, '']));
  return {
    hitPolicy: 'first',
    inputs: [
      { id: 'country', field: 'customer.country' },
      { id: 'spend', field: 'customer.totalSpend' },
      { id: 'email', field: 'customer.email' },
      { id: 'category', field: 'product.category' },
      { id: 'currency', field: 'product.currency' },
      { id: 'price', field: 'product.price' },
    ],
    outputs: [
      { id: 'cost', field: 'shipping.price' },
      { id: 'unit', field: 'shipping.currency' },
    ],
    rows: [...rows, { _id: 'otherwise', ...otherwise, cost: '99', unit: '"USD"' }],
  };
}
