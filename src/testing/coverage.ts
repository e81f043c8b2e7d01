// What the tests of a bundle hit: its rules, the rows of its tables, the attributes of its scorecards, outcomes and reason codes.

import type { Explanation } from '../explain.js';
import type { Manifest } from '../image/manifest.js';

/** Tests that hit each part. */
export interface HitCounts {
  tests: number;
  /** By id: rules of rules/, and reasons of ensembles. */
  rules: Map<string, number>;
  tables: TableCounts[];
  scorecards: { name: string; characteristics: { name: string; attributes: number[] }[] }[];
  /** `none`: a decision without an outcome. */
  outcomes: Map<'approve' | 'review' | 'decline' | 'none', number>;
  /** Reason codes of decisions. */
  reasons: Map<string, number>;
}

export interface TableCounts {
  name: string;
  /** In the order written. */
  rows: number[];
  /** Tests in which no row of a table that takes one counted. */
  default: number;
}

/** A part that a test may hit. */
export interface CoveredPart {
  kind: 'rule' | 'row' | 'attribute';
  /** Of a rule or a row; of an attribute SCORECARD/CHARACTERISTIC/NUMBER. */
  id: string;
  count: number;
}

export class CoverageCounter {
  readonly counts: HitCounts;
  readonly #tables: ReadonlyMap<string, TableCounts>;
  readonly #attributes: ReadonlyMap<string, number[]>;

  constructor({ rules, tables, scorecards }: Pick<Manifest, 'rules' | 'tables' | 'scorecards'>) {
    const own = rules.filter(({ table, scorecard }) => table === undefined && scorecard === undefined);
    this.counts = {
      tests: 0,
      rules: new Map(own.map(({ id }) => [id, 0])),
      tables: tables.map(({ name, rows }) => ({ name, rows: rows.map(() => 0), default: 0 })),
      scorecards: scorecards.map(({ name, characteristics }) => ({
        name,
        characteristics: characteristics.map((one) => ({ name: one.name, attributes: one.attributes.map(() => 0) })),
      })),
      outcomes: new Map([
        ['approve', 0],
        ['review', 0],
        ['decline', 0],
        ['none', 0],
      ]),
      reasons: new Map(rules.flatMap(({ reason }) => (reason === null ? [] : [[reason, 0]]))),
    };
    this.#tables = new Map(this.counts.tables.map((table) => [table.name, table]));
    this.#attributes = new Map(
      this.counts.scorecards.flatMap(({ name, characteristics }) =>
        characteristics.map((one): [string, number[]] => [JSON.stringify([name, one.name]), one.attributes]),
      ),
    );
  }

  /** Takes one test's explanation. */
  count({ decision, rules, taken }: Explanation): void {
    const { counts } = this;
    counts.tests++;
    add(counts.outcomes, decision.outcome ?? 'none');
    for (const code of new Set(decision.reasons.map((reason) => reason.code))) add(counts.reasons, code);
    for (const { id, hit } of rules) if (hit && counts.rules.has(id)) add(counts.rules, id);
    for (const choice of taken) {
      const table = 'table' in choice ? this.#tables.get(choice.table) : undefined;
      const attributes =
        'table' in choice ? table?.rows : this.#attributes.get(JSON.stringify([choice.scorecard, choice.characteristic]));
      for (const row of choice.rows) {
        if (row === 0 && table !== undefined) table.default++;
        else if (attributes?.[row - 1] !== undefined) attributes[row - 1]!++;
      }
    }
  }
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Everything that a test may hit, with the tests that do: rules, then rows, then attributes, each in the order written. */
export function coveredParts(counts: HitCounts, { tables }: Pick<Manifest, 'tables'>): CoveredPart[] {
  return [
    ...[...counts.rules].map(([id, count]): CoveredPart => ({ kind: 'rule', id, count })),
    ...counts.tables.flatMap(({ rows }, at) =>
      rows.map((count, row): CoveredPart => ({ kind: 'row', id: tables[at]!.rows[row]!.id, count })),
    ),
    ...counts.scorecards.flatMap(({ name, characteristics }) =>
      characteristics.flatMap((one) =>
        one.attributes.map((count, at): CoveredPart => ({ kind: 'attribute', id: `${name}/${one.name}/${at + 1}`, count })),
      ),
    ),
  ];
}

/** Share of the parts that some test hits, 0 to 100; 100 where there is nothing to hit. */
export function coveredPercent(parts: readonly CoveredPart[]): number {
  return parts.length === 0 ? 100 : (100 * parts.filter(({ count }) => count > 0).length) / parts.length;
}
