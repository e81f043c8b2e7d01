import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plantedTable } from '#bench/planted-table.js';
import { proveTable } from '#src/compiler/proofs/prove-table.js';
import type { DomainValue, Region, TableFinding, TableForm, TablePolicy } from '#src/compiler/proofs/table-form.js';
import { setHas } from '#src/compiler/proofs/value-set.js';
import { pointsOf, tableArbitrary, takes } from './brute-force.js';

const seed = Number(process.env.VERDICT_SEED ?? 20_260);
const options = { findingsMax: 1000 };

function ofKind<K extends TableFinding['kind']>(findings: readonly TableFinding[], kind: K): Extract<TableFinding, { kind: K }>[] {
  return findings.filter((finding): finding is Extract<TableFinding, { kind: K }> => finding.kind === kind);
}

function inRegion(region: Region, point: readonly DomainValue[]): boolean {
  return region.every((set, d) => set === undefined || setHas(set, point[d]!));
}

/** Values of the domain that no brute-force point has are alike to one that has, so that a witness is judged by the cells. */
function rowsAt(form: TableForm, point: readonly DomainValue[]): number[] {
  return form.rows.flatMap((_, row) => (takes(form, row, point) === 'yes' ? [row] : []));
}

function check(
  policy: TablePolicy,
  opaque: boolean,
  property: (form: TableForm, points: DomainValue[][]) => void,
  numRuns = 400,
): void {
  fc.assert(
    fc.property(tableArbitrary(policy, opaque), (form) => {
      property(form, pointsOf(form));
    }),
    { seed, numRuns },
  );
}

describe('against every input of small tables', () => {
  it('gaps are found, as far as there are any', () => {
    check('collect', false, (form, points) => {
      const { findings, notProven } = proveTable(form, options);
      expect(notProven).toEqual([]);
      const gaps = ofKind(findings, 'gap');
      for (const point of points) {
        const isGap = rowsAt(form, point).length === 0;
        if (gaps.some(({ region }) => inRegion(region, point)) !== isGap) expect.fail(`gap at ${point.map(String)}`);
      }
      for (const { region, witness } of gaps) {
        expect(rowsAt(form, witness)).toEqual([]);
        expect(inRegion(region, witness)).toBe(true);
      }
    });
  });

  it.each(['unique', 'any'] as const)('overlaps under %s', (policy) => {
    check(policy, false, (form, points) => {
      const { findings, notProven } = proveTable(form, options);
      expect(notProven).toEqual([]);
      const expected = new Set<string>();
      for (const point of points) {
        const rows = rowsAt(form, point);
        for (const [index, a] of rows.entries()) {
          for (const b of rows.slice(index + 1)) {
            if (policy === 'unique' || form.rows[a]!.outputsKey !== form.rows[b]!.outputsKey) expected.add(`${a} ${b}`);
          }
        }
      }
      const overlaps = ofKind(findings, 'overlap');
      expect(new Set(overlaps.map(({ first, second }) => `${first} ${second}`))).toEqual(expected);
      for (const { first, second, region, witness } of overlaps) {
        expect(rowsAt(form, witness)).toEqual(expect.arrayContaining([first, second]));
        expect(inRegion(region, witness)).toBe(true);
      }
    });
  });

  it.each(['first', 'priority'] as const)('shadowed rows and rows that match nothing under %s', (policy) => {
    check(policy, false, (form, points) => {
      const { findings, notProven } = proveTable(form, { ...options, gaps: false });
      expect(notProven).toEqual([]);
      const rank = (row: number): number => (policy === 'priority' ? form.rows[row]!.priority! * 100 : 0) + row;
      const matched = new Set<number>();
      const taken = new Set<number>();
      for (const point of points) {
        const rows = rowsAt(form, point).sort((a, b) => rank(a) - rank(b));
        for (const row of rows) matched.add(row);
        if (rows.length > 0) taken.add(rows[0]!);
      }
      const all = [...form.rows.keys()];
      expect(ofKind(findings, 'never').map(({ row }) => row)).toEqual(all.filter((row) => !matched.has(row)));
      const shadows = ofKind(findings, 'shadow');
      expect(shadows.map(({ row }) => row).sort()).toEqual(all.filter((row) => matched.has(row) && !taken.has(row)));
      for (const { row, by, witness } of shadows) {
        expect(takes(form, row, witness!)).toBe('yes');
        expect(rowsAt(form, witness!).some((other) => by.includes(other))).toBe(true);
        const covers = (rows: readonly number[]): boolean =>
          points.every((point) => takes(form, row, point) === 'no' || rows.some((other) => takes(form, other, point) === 'yes'));
        expect(covers(by)).toBe(true);
        for (const left of by) expect(covers(by.filter((other) => other !== left))).toBe(false);
        for (const other of by) expect(rank(other)).toBeLessThan(rank(row));
      }
    });
  });

  it.each(['first', 'any'] as const)('a redundant row can be removed under %s', (policy) => {
    check(policy, false, (form, points) => {
      const { findings } = proveTable(form, { ...options, gaps: false });
      const removed = new Set(ofKind(findings, 'redundant').map(({ row }) => row));
      for (const point of points) {
        const outputs = (rows: number[]) => {
          const keys = [...new Set(rows.map((row) => form.rows[row]!.outputsKey))];
          return policy === 'first' ? keys[0] : keys.sort();
        };
        const rows = rowsAt(form, point);
        if (rows.some((row) => removed.has(row))) expect(outputs(rows.filter((row) => !removed.has(row)))).toEqual(outputs(rows));
      }
    });
  });

  it('columns that say nothing', () => {
    check('collect', true, (form, points) => {
      const found = ofKind(proveTable(form, options).findings, 'constantColumn').map(({ dimension }) => dimension);
      for (const dimension of found) {
        for (const { cells } of form.rows) {
          const cell = cells[dimension];
          if (cell === undefined) continue;
          expect(cell.kind).not.toBe('opaque');
          if (cell.kind !== 'opaque') for (const point of points) expect(setHas(cell, point[dimension]!)).toBe(true);
        }
      }
    });
  });
});

describe('opaque cells', () => {
  it('gaps are claimed only where no row can match, and all others that may be are listed', () => {
    check('collect', true, (form, points) => {
      const { findings, notProven } = proveTable(form, options);
      const gaps = ofKind(findings, 'gap');
      const open = notProven.filter(({ what }) => what === 'gap');
      const isLimited = open.some(({ why }) => why === 'limit');
      for (const point of points) {
        const answers = form.rows.map((_, row) => takes(form, row, point));
        const isGap = answers.every((answer) => answer === 'no');
        const isOpen = !isGap && !answers.includes('yes');
        if (gaps.some(({ region }) => inRegion(region, point)) !== isGap) expect.fail(`gap at ${point.map(String)}`);
        const listed = open.some(({ region }) => region !== undefined && inRegion(region, point));
        if (listed !== isOpen && (listed || !isLimited)) expect.fail(`not proven at ${point.map(String)}`);
      }
    });
  });

  it.each(['unique', 'any'] as const)('overlaps under %s', (policy) => {
    check(policy, true, (form, points) => {
      const { findings, notProven } = proveTable(form, { ...options, gaps: false });
      const claimed = new Set(ofKind(findings, 'overlap').map(({ first, second }) => `${first} ${second}`));
      const open = new Set<string>();
      for (const { what, why, rows } of notProven) {
        if (what !== 'overlap') continue;
        expect(why).toBe('opaque');
        for (const other of rows.slice(1)) open.add(`${rows[0]} ${other}`);
      }
      const sure = new Set<string>();
      const maybe = new Set<string>();
      for (const point of points) {
        for (const a of form.rows.keys()) {
          for (let b = a + 1; b < form.rows.length; b++) {
            if (policy === 'any' && form.rows[a]!.outputsKey === form.rows[b]!.outputsKey) continue;
            const both = [takes(form, a, point), takes(form, b, point)];
            if (both.includes('no')) continue;
            (both.includes('maybe') ? maybe : sure).add(`${a} ${b}`);
          }
        }
      }
      expect(claimed).toEqual(sure);
      expect(open).toEqual(maybe);
    });
  });

  it('a row is called shadowed only where rows without opaque cells shadow it', () => {
    check('first', true, (form, points) => {
      const { findings, notProven } = proveTable(form, { ...options, gaps: false });
      const shadowed = new Set(ofKind(findings, 'shadow').map(({ row }) => row));
      const open = new Set(notProven.flatMap(({ what, rows }) => (what === 'shadow' ? rows : [])));
      const unsure = new Set(notProven.flatMap(({ what, rows }) => (what === 'never' ? rows : [])));
      for (const row of form.rows.keys()) {
        const inputs = points.filter((point) => takes(form, row, point) !== 'no');
        const areTaken = (answers: string[]) =>
          inputs.every((point) => [...Array(row).keys()].some((other) => answers.includes(takes(form, other, point))));
        const isSure = inputs.length > 0 && areTaken(['yes']);
        expect(shadowed.has(row)).toBe(isSure);
        expect(open.has(row)).toBe(inputs.length > 0 && !isSure && areTaken(['yes', 'maybe']));
        const isOpaque = form.rows[row]!.cells.some((cell) => cell?.kind === 'opaque');
        expect(unsure.has(row)).toBe(isOpaque && inputs.length > 0);
      }
    });
  });
});

describe('budget', () => {
  it('past it nothing is claimed that is not so, and what is open is listed', () => {
    fc.assert(
      fc.property(tableArbitrary('first', false), fc.integer({ min: 0, max: 300 }), (form, stepsMax) => {
        const full = proveTable(form, options);
        const { findings, notProven, steps } = proveTable(form, { ...options, stepsMax });
        expect(steps).toBeLessThanOrEqual(stepsMax);
        const points = pointsOf(form);
        for (const { witness } of ofKind(findings, 'gap')) expect(rowsAt(form, witness)).toEqual([]);
        const gapsOpen = notProven.some(({ what, why }) => what === 'gap' && why === 'steps');
        if (!gapsOpen) expect(ofKind(findings, 'gap')).toEqual(ofKind(full.findings, 'gap'));
        for (const { row } of ofKind(findings, 'shadow')) {
          expect(points.some((point) => rowsAt(form, point)[0] === row)).toBe(false);
        }
        const found = new Set(ofKind(findings, 'shadow').map(({ row }) => row));
        const open = new Set(notProven.flatMap(({ what, rows }) => (what === 'shadow' ? rows : [])));
        for (const { row } of ofKind(full.findings, 'shadow')) expect(found.has(row) || open.has(row)).toBe(true);
      }),
      { seed, numRuns: 400 },
    );
  });

  it('is the same at every run', () => {
    fc.assert(
      fc.property(tableArbitrary('unique', true), (form) => {
        expect(proveTable(form)).toEqual(proveTable(form));
      }),
      { seed, numRuns: 50 },
    );
  });
});

describe('a table of 2,000 rows', () => {
  it.each([1, 2, 3])('three gaps and two overlaps are found, and nothing else (seed %i)', (planted) => {
    const { form, gaps, overlaps } = plantedTable(2000, planted, 'unique');
    expect(form.rows.length).toBe(2000);
    const { findings, notProven } = proveTable(form);
    expect(notProven).toEqual([]);
    const found = ofKind(findings, 'gap');
    expect(found.length).toBe(3);
    for (const point of gaps) expect(found.filter(({ region }) => inRegion(region, point)).length).toBe(1);
    for (const { witness } of found) expect(rowsAt(form, witness)).toEqual([]);
    const pairs = ofKind(findings, 'overlap');
    expect(pairs.map(({ first, second }) => [first, second])).toEqual(overlaps.sort((a, b) => a[0] - b[0]));
    for (const { first, second, witness } of pairs) expect(rowsAt(form, witness)).toEqual([first, second]);
    expect(findings.length).toBe(5);
  });

  it.each([1, 2, 3])('three gaps and a row that many rows shadow together are found (seed %i)', (planted) => {
    const { form, gaps, shadowed } = plantedTable(2000, planted, 'first');
    const { findings, notProven } = proveTable(form);
    expect(notProven).toEqual([]);
    const found = ofKind(findings, 'gap');
    expect(found.length).toBe(3);
    for (const point of gaps) expect(found.filter(({ region }) => inRegion(region, point)).length).toBe(1);
    const shadows = ofKind(findings, 'shadow');
    expect(shadows.map(({ row }) => row)).toEqual([shadowed]);
    const { by, witness } = shadows[0]!;
    expect(by.length).toBeGreaterThan(1);
    const rows = rowsAt(form, witness!);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toBe(shadowed);
    expect(by).toContain(rows[0]);
    expect(findings.length).toBe(4);
  });

  it('without its planted faults has no finding', () => {
    const { form } = plantedTable(500, 4, 'unique');
    const rows = form.rows.slice(0, -2).map((row) => ({ ...row, cells: row.cells.map((cell, d) => (d === 2 ? undefined : cell)) }));
    const { findings } = proveTable({ ...form, policy: 'collect', rows });
    expect(findings.map(({ kind }) => kind)).toEqual(['constantColumn']);
  });
});
