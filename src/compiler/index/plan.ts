// Which tests of many conditions an index holds, and whether it pays.

import {
  blocksUnits,
  DimensionKind,
  dimensionUnits,
  INDEX_BLOCK_PARTS,
  INDEX_DIMENSIONS_MAX,
  INDEX_PARTS_MAX,
  IndexMode,
} from '../../../assembly/shared/match-index.js';
import { instructionUnits, Opcode } from '../../../assembly/shared/opcode.js';
import { writtenPath } from '../../schema/field-name.js';
import type { Ir } from '../ir.js';
import type { Subject } from './atom.js';
import { subjectKey } from './atom.js';
import { aliveNanos, dimensionNanos, expressionNanos, MATCH_NANOS, plainNanos, SHARE_NANOS } from './cost-model.js';
import { type Dimension, makeDimension, type PartSet } from './dimension.js';
import { intersection } from './domain.js';
import { SHARE_INSTRUCTIONS, type SharedTest, type SharingPart, shareTests } from './share.js';
import { type Split, splitCondition } from './split.js';
import { longestText, rowBytesOf } from './write-index.js';

/** Whether conditions get an index: where it pays, wherever one can be made, nowhere. */
export type IndexPolicy = 'auto' | 'on' | 'off';

/** One condition of many. */
export interface PartSource {
  /** Absent where the part is code alone. */
  condition?: Ir;
  /** It is nothing but a hit of the rule of this rank. */
  hit?: number;
  /** No part behind it is asked for where its condition holds. */
  ends: boolean;
}

export interface PlannedPart {
  /** Which source it is; undefined where there is none, and the part is never alive. */
  source?: number;
  /** What is left to test, in the order in which it is. */
  residual: readonly Ir[];
  /** Nothing is left to test, and what mode says of sure parts is true of it. */
  sure: boolean;
}

/** One index over parts in their order. */
export interface IndexPlan {
  mode: IndexMode;
  parts: readonly PlannedPart[];
  hits: readonly number[] | { firstWord: number };
  /** Sorted by kind. */
  dimensions: readonly Dimension[];
  /** Tests that are made before it. */
  shared: readonly SharedTest[];
  report: IndexReport;
}

/** What was chosen for some conditions, and why. */
export interface IndexReport {
  /** What they belong to: `rules`, or the name of a step. */
  name: string;
  /** An index holds them; else the plain program tests one after the other. */
  indexed: boolean;
  /** Conditions in all, and those of which nothing is left to test. */
  parts: number;
  whole: number;
  /** Tests in all, and those that the index holds. */
  tests: number;
  held: number;
  dimensions: { name: string; kind: string; constants: number; tests: number }[];
  /** Tests that are left to code, by what keeps them from the index. */
  residual: { why: ResidualReason; count: number }[];
  /** Nanoseconds that the model expects of a decision, with an index and without. */
  indexNanos: number;
  plainNanos: number;
}

/** Why a test is not held: it reads several things, too few tests read its register, or it stands behind one that can fail. */
export type ResidualReason = 'expression' | 'rare' | 'fails';

/** Conditions below which no index is thought of. */
const PARTS_MIN = 4;

/**
 * Plans the index of some conditions.
 *
 * @param sources in the order in which parts count; at most INDEX_PARTS_MAX
 * @param textOf an expression as its author wrote it, for the report
 */
export function planIndex(
  name: string,
  mode: IndexMode,
  sources: readonly PartSource[],
  policy: IndexPolicy,
): { plan?: IndexPlan; report: IndexReport } {
  const report = emptyReport(name, sources.length);
  report.plainNanos = sources.reduce((sum, { condition }) => sum + (condition === undefined ? 0 : plainNanos(condition)), 0);
  if (mode === IndexMode.FIRST) report.plainNanos /= 2;
  if (policy === 'off' || (policy === 'auto' && sources.length < PARTS_MIN) || sources.length > INDEX_PARTS_MAX) return { report };
  const layout = layoutOf(mode, sources);
  const candidates = layout.order.map((source) => candidateOf(source === undefined ? undefined : sources[source]!.condition));
  const blocks = Math.ceil(layout.order.length / INDEX_BLOCK_PARTS);
  const rowBytes = rowBytesOf(layout.order.length);
  const choose = () => chooseDimensions(collect(candidates), candidates.length, blocks, rowBytes, policy);
  let kept = choose();
  const asked = aliveShares(kept, candidates.length);
  // Of parts of which the first counts, half are asked.
  if (mode === IndexMode.FIRST) for (let part = 0; part < asked.length; part++) asked[part]! *= 0.5;
  const shared = shareTests(candidates, asked, policy === 'on');
  if (shared.length > 0) kept = choose();
  const dimensions = [...kept.values()].sort((a, b) => a.kind - b.kind);
  const alive = aliveShares(kept, candidates.length);
  let nanos = MATCH_NANOS;
  for (const { ir } of shared) nanos += expressionNanos(ir) + SHARE_NANOS;
  for (const dimension of dimensions) nanos += dimensionNanos(dimension, blocksOf(dimension), rowBytes);
  const parts = layout.order.map((source, part): PlannedPart => {
    if (source === undefined) return { residual: [], sure: false };
    const { split } = candidates[part]!;
    const left = split.free.filter(({ atom }) => atom === undefined || !kept.has(subjectKey(atom.subject)));
    const residual = [...left.map(({ ir }) => ir).sort((a, b) => expressionNanos(a) - expressionNanos(b)), ...split.rest];
    const { hit, ends } = sources[source]!;
    const sure = residual.length === 0 && (mode === IndexMode.HITS ? hit !== undefined : mode === IndexMode.FIRST && ends);
    if (residual.length > 0 || mode !== IndexMode.HITS || !sure) {
      const code = aliveNanos(candidates.length) + residual.reduce((sum, ir) => sum + expressionNanos(ir), 0);
      nanos += alive[part]! * code * (mode === IndexMode.FIRST ? 0.5 : 1);
    }
    tally(report, split, kept);
    if (residual.length === 0) report.whole++;
    return split.never ? { residual: [], sure: false } : { source, residual, sure };
  });
  report.indexNanos = nanos;
  for (const { subject, kind, points, sets } of dimensions) {
    report.dimensions.push({
      name: subjectName(subject),
      kind: KIND_NAMES[kind] ?? '',
      constants: points.length,
      tests: sets.length,
    });
  }
  if (dimensions.length === 0) return { report };
  // A program with an index costs no more units than the plain one: so checks can do without making it (gauge.ts).
  const units = unitsOf(dimensions, blocks, rowBytes) + SHARE_UNITS * shared.length;
  const pays = nanos < report.plainNanos && units <= TEST_UNITS * (report.held - shared.length);
  if (policy === 'auto' && !pays) return { report };
  report.indexed = true;
  return { plan: { mode, parts, hits: layout.hits, dimensions, shared, report }, report };

  function blocksOf({ sets }: Dimension): number {
    return new Set(sets.map(({ part }) => Math.floor(part / INDEX_BLOCK_PARTS))).size;
  }
}

/** Units of a test of the plain program at least. */
const TEST_UNITS = instructionUnits(Opcode.F64_LT_I, 0);

/** Units of making a test's boolean. */
const SHARE_UNITS = SHARE_INSTRUCTIONS * instructionUnits(Opcode.CONST, 0);

/** Units of MATCH at most. */
function unitsOf(dimensions: readonly Dimension[], blocks: number, rowBytes: number): number {
  let units = blocksUnits(blocks, rowBytes, dimensions.length);
  for (const { kind, points } of dimensions) {
    units += dimensionUnits(kind, points.length, kind < DimensionKind.TEXT_HASH ? 0 : longestText(points));
  }
  return units;
}

const KIND_NAMES = ['', 'numbers', 'counts', 'integers', 'equal integers', 'short texts', 'members', 'texts', 'ordered texts'];

function subjectName({ name, count }: Subject): string {
  const text = name.op === 'field' ? writtenPath(name.field.path) : name.op === 'feature' ? name.feature.name : 'now';
  return count ? `${text}.length` : text;
}

function emptyReport(name: string, parts: number): IndexReport {
  return {
    name,
    indexed: false,
    parts,
    whole: 0,
    tests: 0,
    held: 0,
    dimensions: [],
    residual: [],
    indexNanos: 0,
    plainNanos: 0,
  };
}

/** Share of the space of parts that may be holes where parts are ranks. */
const HOLES_MAX = 2;

/** Which source each part is. Where parts are hits, a part's number is its rank where ranks lie close enough. */
function layoutOf(mode: IndexMode, sources: readonly PartSource[]): { order: (number | undefined)[]; hits: IndexPlan['hits'] } {
  const order = sources.map((_, index) => index);
  if (mode !== IndexMode.HITS) return { order, hits: [] };
  const ranks = sources.map(({ hit }) => hit);
  const known = ranks.filter((rank) => rank !== undefined);
  if (known.length === sources.length) {
    const firstWord = Math.floor(known.reduce((a, b) => Math.min(a, b), Infinity) / 64);
    const last = known.reduce((a, b) => Math.max(a, b), 0);
    const count = last - firstWord * 64 + 1;
    if (count <= Math.max(64, HOLES_MAX * sources.length) && count <= INDEX_PARTS_MAX) {
      const places: (number | undefined)[] = new Array<undefined>(count).fill(undefined);
      for (const [index, rank] of known.entries()) places[rank - firstWord * 64] = index;
      return { order: places, hits: { firstWord } };
    }
  }
  return { order, hits: ranks.map((rank) => rank ?? 0) };
}

function candidateOf(condition: Ir | undefined): SharingPart {
  const split = condition === undefined ? { free: [], rest: [], never: false } : splitCondition(condition);
  const sets: SharingPart['sets'] = new Map();
  for (const conjunct of split.free) {
    if (conjunct.atom === undefined) continue;
    const { subject, set } = conjunct.atom;
    const key = subjectKey(subject);
    const known = sets.get(key);
    if (known === undefined) sets.set(key, { set, from: [conjunct] });
    else {
      known.set = intersection(known.set, set);
      known.from.push(conjunct);
    }
  }
  return { split, sets };
}

interface Collected {
  subject: Subject;
  sets: PartSet[];
}

function collect(candidates: readonly SharingPart[]): Map<object | string, Collected> {
  const bySubject = new Map<object | string, Collected>();
  for (const [part, { split, sets }] of candidates.entries()) {
    if (split.never) continue;
    for (const [key, { set, from }] of sets) {
      const nullable = from.find(({ atom }) => atom!.subject.nullable) ?? from[0]!;
      const known = bySubject.get(key);
      if (known === undefined) bySubject.set(key, { subject: nullable.atom!.subject, sets: [{ part, set }] });
      else {
        known.sets.push({ part, set });
        if (!known.subject.nullable) known.subject = nullable.atom!.subject;
      }
    }
  }
  return bySubject;
}

/** Keeps the dimensions that save more than they take: without it, a part that is alive by its other tests is code. */
function chooseDimensions(
  bySubject: ReadonlyMap<object | string, Collected>,
  parts: number,
  blocks: number,
  rowBytes: number,
  policy: IndexPolicy,
): Map<object | string, Dimension> {
  const made = new Map<object | string, Dimension>();
  for (const [key, { subject, sets }] of bySubject) {
    const dimension = makeDimension(subject, sets);
    if (dimension !== undefined) made.set(key, dimension);
  }
  const alive = aliveShares(made, parts);
  const savedNanos = aliveNanos(parts);
  const rarest = [...made].sort((a, b) => a[1].sets.length - b[1].sets.length);
  for (const [key, dimension] of rarest) {
    let saved = 0;
    for (const [index, { part }] of dimension.sets.entries()) {
      const others = alive[part]! / Math.max(SHARE_MIN, dimension.shares[index]!);
      saved += Math.min(1, others) * savedNanos;
    }
    const pays = policy === 'on' || saved >= dimensionNanos(dimension, Math.min(blocks, dimension.sets.length), rowBytes);
    if (pays && made.size <= INDEX_DIMENSIONS_MAX) continue;
    made.delete(key);
    for (const [index, { part }] of dimension.sets.entries()) alive[part]! /= Math.max(SHARE_MIN, dimension.shares[index]!);
  }
  return made;
}

const SHARE_MIN = 1 / 64;

/** The share of payloads for which each part is alive, were its tests to know nothing of one another. */
function aliveShares(dimensions: ReadonlyMap<object | string, Dimension>, parts: number): Float64Array {
  const alive = new Float64Array(parts).fill(1);
  for (const { sets, shares } of dimensions.values()) {
    for (const [index, { part }] of sets.entries()) alive[part]! *= Math.max(SHARE_MIN, shares[index]!);
  }
  return alive;
}

function tally(report: IndexReport, { free, rest }: Split, kept: ReadonlyMap<object | string, Dimension>): void {
  const count = (why: ResidualReason, by = 1): void => {
    const known = report.residual.find((entry) => entry.why === why);
    if (known === undefined) report.residual.push({ why, count: by });
    else known.count += by;
  };
  report.tests += free.length + rest.length;
  for (const { atom } of free) {
    if (atom === undefined) count('expression');
    else if (kept.has(subjectKey(atom.subject))) report.held++;
    else count('rare');
  }
  if (rest.length > 0) count('fails', rest.length);
}
