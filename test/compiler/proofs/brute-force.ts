// Small tables, and what is wrong with them, found by trying every input.

import fc from 'fast-check';
import type { KnownSet } from '#src/compiler/proofs/classes.js';
import type {
  CellSet,
  ColumnDomain,
  DomainValue,
  Interval,
  OptionalObject,
  TableDimension,
  TableForm,
  TablePolicy,
} from '#src/compiler/proofs/table-form.js';
import { setHas } from '#src/compiler/proofs/value-set.js';

/** A text that no cell of these tables names. */
const FRESH = 'q';

/** Enough values of a domain: bounds of cells are whole and half numbers from -1 to 5, and between two of them all are alike. */
export function valuesOf(domain: ColumnDomain): DomainValue[] {
  const values: DomainValue[] = [];
  switch (domain.kind) {
    case 'number':
      for (let n = -1.5; n <= 5.5; n += domain.integer ? 0.5 : 0.25) {
        if (n >= domain.low && n <= domain.high && (!domain.integer || Number.isInteger(n))) values.push(n);
      }
      if (domain.high === Number.POSITIVE_INFINITY) values.push(Number.POSITIVE_INFINITY, 1000);
      if (domain.low === Number.NEGATIVE_INFINITY) values.push(Number.NEGATIVE_INFINITY, -1000);
      if (domain.nan) values.push(Number.NaN);
      break;
    case 'exact':
      for (let n = domain.low; n <= domain.high; n++) values.push(n);
      break;
    case 'finite':
      values.push(...domain.members);
      break;
    case 'text':
      for (const text of ['', 'a', 'b', FRESH, 'ab', 'qq', 'abc']) {
        if (text.length >= domain.charsMin && text.length <= domain.charsMax) values.push(text);
      }
  }
  if (domain.nullable) values.push(null);
  return values;
}

const half = fc.integer({ min: -2, max: 10 }).map((n) => n / 2);

const domainArbitrary: fc.Arbitrary<ColumnDomain> = fc.boolean().chain((nullable) =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom(Number.NEGATIVE_INFINITY, -1, 0), fc.constantFrom(Number.POSITIVE_INFINITY, 3, 2.5), fc.boolean())
      .map(([low, high, nan]): ColumnDomain => ({ kind: 'number', low, high, integer: false, nan, nullable })),
    fc.constant<ColumnDomain>({ kind: 'number', low: 0, high: 4, integer: true, nan: false, nullable }),
    fc.constant<ColumnDomain>({ kind: 'exact', low: -1n, high: 4n, unit: 2n, nullable }),
    fc.constant<ColumnDomain>({ kind: 'finite', members: [1, 2, 7], nullable }),
    fc.constant<ColumnDomain>({ kind: 'finite', members: [false, true], nullable }),
    fc
      .constantFrom([0, 3], [1, 1], [0, 0], [0, 1])
      .map(([charsMin, charsMax]): ColumnDomain => ({ kind: 'text', charsMin: charsMin!, charsMax: charsMax!, nullable })),
  ),
);

function cellArbitrary(domain: ColumnDomain): fc.Arbitrary<KnownSet> {
  const isNull = fc.boolean();
  if (domain.kind === 'number' || domain.kind === 'exact') {
    const bound = domain.kind === 'number' ? half : fc.integer({ min: -2, max: 5 }).map(BigInt);
    const interval = fc
      .record({ low: bound, high: bound, lowOpen: fc.boolean(), highOpen: fc.boolean() }, { requiredKeys: [] })
      .map((value) => value as Interval);
    return fc
      .tuple(fc.array(interval, { maxLength: 2 }), isNull, fc.boolean())
      .map(([intervals, none, nan]) => ({ kind: 'intervals', intervals, null: none, nan }));
  }
  const member = fc.constantFrom<number | boolean | string>(
    ...(domain.kind === 'finite' ? domain.members : ['', 'a', 'b', 'abcd']),
  );
  return fc
    .tuple(fc.uniqueArray(member, { maxLength: 3 }), fc.boolean(), isNull)
    .map(([members, except, none]) => ({ kind: 'members', members, except, null: none }));
}

/** Tables of up to 6 rows and 4 dimensions; `opaque`: some cells are expressions. */
export function tableArbitrary(policy: TablePolicy, opaque: boolean): fc.Arbitrary<TableForm> {
  return fc
    .record({
      domains: fc.array(domainArbitrary, { minLength: 1, maxLength: 4 }),
      rows: fc.integer({ min: 0, max: 6 }),
      objects: fc.boolean(),
    })
    .chain(({ domains, rows, objects }) => {
      const dimensions = fc.tuple(
        ...domains.map((domain, d) =>
          fc
            .record({ object: fc.integer({ min: -1, max: 1 }), ownNull: fc.boolean() })
            .map(({ object, ownNull }): TableDimension => {
              const inside = objects && object >= 0;
              const nullable = inside || domain.nullable;
              return { name: `d${d}`, domain: { ...domain, nullable }, free: true, ...(inside ? { object, ownNull } : {}) };
            }),
        ),
      );
      const cell = (domain: ColumnDomain): fc.Arbitrary<CellSet | undefined> =>
        fc.oneof(
          { weight: 2, arbitrary: fc.constant(undefined) },
          { weight: 5, arbitrary: cellArbitrary(domain) },
          ...(opaque ? [{ weight: 1, arbitrary: fc.constant<CellSet>({ kind: 'opaque' }) }] : []),
        );
      const row = fc.record({
        cells: fc.tuple(...domains.map(cell)),
        outputsKey: fc.constantFrom('x', 'y'),
        priority: fc.integer({ min: 0, max: 2 }),
      });
      const levels: OptionalObject[] = objects ? [{}, { inside: 0 }] : [];
      return fc
        .tuple(dimensions, fc.array(row, { minLength: rows, maxLength: rows }))
        .map(([columns, list]): TableForm => ({ dimensions: columns, objects: levels, rows: list, policy }));
    });
}

/** Every input of a table. */
export function pointsOf({ dimensions, objects }: TableForm): DomainValue[][] {
  let points: DomainValue[][] = [[]];
  for (const { domain } of dimensions) {
    const values = valuesOf(domain);
    points = points.flatMap((point) => values.map((value) => [...point, value]));
  }
  // A point is an input where its objects can be there or not such that each field is null for a reason.
  const states = objects.reduce<boolean[][]>(
    (list, _) =>
      list.flatMap((state) => [
        [...state, true],
        [...state, false],
      ]),
    [[]],
  );
  const possible = states.filter((state) => objects.every(({ inside }, o) => !state[o] || inside === undefined || state[inside]!));
  return points.filter((point) =>
    possible.some((state) =>
      dimensions.every(({ object, ownNull }, d) => {
        if (object === undefined) return true;
        return state[object]! ? point[d] !== null || ownNull === true : point[d] === null;
      }),
    ),
  );
}

/** Whether a row takes a point: 'maybe' where only an opaque cell may say no. */
export function takes(form: TableForm, row: number, point: readonly DomainValue[]): 'yes' | 'no' | 'maybe' {
  let answer: 'yes' | 'maybe' = form.rows[row]!.opaque === true ? 'maybe' : 'yes';
  for (const [d, cell] of form.rows[row]!.cells.entries()) {
    if (cell === undefined) continue;
    if (cell.kind === 'opaque') answer = 'maybe';
    else if (!setHas(cell, point[d]!)) return 'no';
  }
  return answer;
}
