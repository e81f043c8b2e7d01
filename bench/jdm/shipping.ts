// A decision table of GoRules JDM that is generated for where no document is at hand, or none is large enough: over the columns of
// the shipping table that ZEN is tested with, each row unlike the others.

import { type BlockTruth, blockSums, reasonChecksum } from '../truth.js';
import { randomNumbers } from '../workload.js';

/** From `low`, and up to `high` where there is one. */
interface Range {
  readonly low: number;
  readonly high: number;
  readonly takesHigh: boolean;
}

/** A row: what it takes, and its price. */
export interface ShippingRow {
  readonly country: string;
  readonly spend: Range;
  /** What the address must end with, where it matters. */
  readonly domain: string | undefined;
  readonly category: string;
  readonly currency: string;
  readonly price: Range;
  readonly cost: number;
}

export interface Order {
  readonly customer: { readonly country: string; readonly totalSpend: number; readonly email: string };
  readonly product: { readonly category: string; readonly currency: string; readonly price: number };
}

/** What the table answers to an order. */
export interface Shipping {
  readonly price: number;
  readonly currency: string;
}

const COUNTRIES = ['GB', 'US', 'DE', 'FR', 'NL', 'SE', 'PL', 'IT', 'ES', 'JP', 'BR', 'IN'] as const;
const CATEGORIES = ['book', 'toy', 'food', 'tool', 'shoe', 'phone', 'garden', 'car'] as const;
const CURRENCIES = ['GBP', 'USD', 'EUR'] as const;
const DOMAINS = ['gmail.com', 'example.com', 'mail.test', 'corp.example'] as const;
/** What no row takes. */
const OTHERWISE: Shipping = { price: 99, currency: 'USD' };

function picker(next: () => number): (values: readonly string[]) => string {
  return (values) => values[Math.floor(next() * values.length)]!;
}

/** So many rows; the document has one more, which takes all that they leave. */
export function makeShippingRows(count: number): ShippingRow[] {
  const next = randomNumbers(53);
  const pick = picker(next);
  const below = (low: number): Range =>
    next() < 0.5 ? { low: Number.NEGATIVE_INFINITY, high: low, takesHigh: false } : { low, high: low + 10, takesHigh: false };
  const from = (low: number): Range =>
    next() < 0.5 ? { low, high: Number.POSITIVE_INFINITY, takesHigh: false } : { low, high: low + 10, takesHigh: true };
  return Array.from({ length: count }, (_, row) => {
    const spend = Math.floor(next() * 190);
    const price = Math.floor(next() * 190);
    return {
      country: pick(COUNTRIES),
      spend: below(spend),
      domain: next() < 0.5 ? pick(DOMAINS) : undefined,
      category: pick(CATEGORIES),
      currency: pick(CURRENCIES),
      price: from(price),
      cost: 1 + (row % 50),
    };
  });
}

function rangeCell({ low, high, takesHigh }: Range): string {
  if (low === Number.NEGATIVE_INFINITY) return `< ${high}`;
  if (high === Number.POSITIVE_INFINITY) return `>= ${low}`;
  return `[${low}..${high}${takesHigh ? ']' : ')'}`;
}

/** The rows as a JDM document. */
export function writeJdm(rows: readonly ShippingRow[]): string {
  const column = (id: string, field: string): object => ({ id, field, name: field, type: 'expression' });
  const otherwise = { _id: 'otherwise', cost: String(OTHERWISE.price), unit: `"${OTHERWISE.currency}"` };
  const content = {
    hitPolicy: 'first',
    inputs: [
      column('country', 'customer.country'),
      column('spend', 'customer.totalSpend'),
      column('email', 'customer.email'),
      column('category', 'product.category'),
      column('currency', 'product.currency'),
      column('price', 'product.price'),
    ],
    outputs: [column('cost', 'shipping.price'), column('unit', 'shipping.currency')],
    rules: [
      ...rows.map(({ country, spend, domain, category, currency, price, cost }, row) => ({
        _id: `row${row}`,
        country: `'${country}'`,
        spend: rangeCell(spend),
        email: domain === undefined ? '' : `endsWith($, '@${domain}')`,
        category: `'${category}'`,
        currency: `'${currency}'`,
        price: rangeCell(price),
        cost: String(cost),
        unit: 'product.currency',
      })),
      { country: '', spend: '', email: '', category: '', currency: '', price: '', ...otherwise },
    ],
  };
  const node = (id: string, type: string, more: object = {}): object => ({ id, type, name: id, position: { x: 0, y: 0 }, ...more });
  return JSON.stringify({
    contentType: 'application/vnd.gorules.decision',
    nodes: [node('in', 'inputNode'), node('shippingTable', 'decisionTableNode', { content }), node('out', 'outputNode')],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'shippingTable', type: 'edge' },
      { id: 'b', sourceId: 'shippingTable', targetId: 'out', type: 'edge' },
    ],
  });
}

/** Orders of the table's fields, from a seed. */
export function makeOrders(count: number): Order[] {
  const next = randomNumbers(59);
  const pick = picker(next);
  const cents = (): number => Math.round(next() * 20_000) / 100;
  return Array.from({ length: count }, (_, i) => ({
    customer: { country: pick(COUNTRIES), totalSpend: cents(), email: `u${i}@${pick(DOMAINS)}` },
    product: { category: pick(CATEGORIES), currency: pick(CURRENCIES), price: cents() },
  }));
}

function takes({ low, high, takesHigh }: Range, value: number): boolean {
  return value >= low && (takesHigh ? value <= high : value < high);
}

/** What the first row that takes an order answers: rows that differ in the country, the category or the currency are not asked. */
export function answersOf(rows: readonly ShippingRow[], orders: readonly Order[]): Shipping[] {
  const keyOf = (country: string, category: string, currency: string): string => `${country} ${category} ${currency}`;
  const rowsByKey = new Map<string, ShippingRow[]>();
  for (const row of rows) {
    const key = keyOf(row.country, row.category, row.currency);
    const known = rowsByKey.get(key);
    if (known === undefined) rowsByKey.set(key, [row]);
    else known.push(row);
  }
  return orders.map(({ customer, product }) => {
    const row = rowsByKey
      .get(keyOf(customer.country, product.category, product.currency))
      ?.find(
        ({ spend, domain, price }) =>
          takes(spend, customer.totalSpend) &&
          takes(price, product.price) &&
          (domain === undefined || customer.email.endsWith(`@${domain}`)),
      );
    return row === undefined ? OTHERWISE : { price: row.cost, currency: product.currency };
  });
}

/** Contribution of one answer to a checksum over them. */
export function answerChecksum({ price, currency }: Shipping): number {
  return reasonChecksum(currency, price);
}

/** What the answers of each block add up to. */
export function truthOf(answers: readonly Shipping[]): BlockTruth {
  return { blockOutputs: blockSums(answers.length, (i) => answerChecksum(answers[i]!)) };
}
