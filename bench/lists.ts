// The bench of lists: membership of a text in a list of many, in a decision and beside a JavaScript Set of the same texts.

import { Outcome } from '../assembly/shared/outcome.js';
import type { BundleFiles } from '../src/bundle/files.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import { type Row, type RowRun, runRow, type TimingOptions } from './row.js';
import { checksum, type Truth } from './truth.js';
import { benchEngine, encodePayloads, setUpVerdict, verdictCopied, verdictInPlace } from './verdict-rows.js';
import { BLOCK_COUNT } from './workload.js';

export interface ListsOptions {
  /** Entries of the list. */
  readonly entries: number;
  /** Payloads, a multiple of BLOCK_COUNT; half of them are members. */
  readonly payloadCount: number;
  /** Runs of each row; the median counts. */
  readonly runs: number;
  readonly timing: TimingOptions;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface ListsRow {
  readonly name: string;
  readonly nanosPerDecision: number;
  readonly checked: number;
  readonly wrong: string | null;
}

export interface ListsResult {
  readonly machine: Machine;
  readonly entries: number;
  /** Of the list in memory. */
  readonly bytes: number;
  /** From the first entry to the version that decides. */
  readonly putMs: number;
  readonly rows: readonly ListsRow[];
}

const TENANT = 'bench';
const SCORE = 10;
const CHUNK_COUNT = 20_000;

const entry = (index: number): string => `user${index}@example.com`;

/** A bundle whose one rule asks the list, or compares the text with one that no payload has. */
function bundleOf(name: string, when: string): BundleFiles {
  const outcomes = [{ atLeast: SCORE, outcome: 'decline' }, { outcome: 'approve' }];
  const documents = {
    'bundle.json': {
      name,
      version: '1.0.0',
      model: 'payload.schema.json',
      profile: 'standard',
      onError: 'fail',
      decide: { combine: 'score', outcomes },
    },
    'payload.schema.json': {
      title: 'Payload',
      type: 'object',
      required: ['email'],
      properties: { email: { type: 'string', maxLength: 40 } },
    },
    'rules/member.json': [{ id: 'member', when, then: { score: SCORE, reason: 'MEMBER' } }],
    ...(when.includes('lists.') ? { 'lists/members.json': { type: 'string' } } : {}),
  };
  const encoder = new TextEncoder();
  return new Map(Object.entries(documents).map(([file, value]) => [file, encoder.encode(JSON.stringify(value))]));
}

async function* lines(entries: number): AsyncGenerator<Uint8Array> {
  for (let first = 0; first < entries; first += CHUNK_COUNT) {
    let text = '';
    for (let i = first; i < Math.min(entries, first + CHUNK_COUNT); i++) text += `${entry(i)}\n`;
    yield new TextEncoder().encode(text);
  }
}

/** Texts all over the list, every other one a member. */
function makeEmails(entries: number, count: number): string[] {
  let state = 1;
  return Array.from({ length: count }, (_, i) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const index = Math.floor((state / 2 ** 32) * entries);
    return i % 2 === 0 ? entry(index) : `user${index}@example.net`;
  });
}

/** What every row must add up to: every other payload is a member. */
function truthOf(count: number, members: number): Truth {
  const scores = Float64Array.from({ length: count }, (_, i) => (i % 2 < members ? SCORE : 0));
  const blocks = count / BLOCK_COUNT;
  const blockScores = new Float64Array(blocks);
  const blockChecksums = new Float64Array(blocks);
  for (const [i, score] of scores.entries()) {
    const block = Math.floor(i / BLOCK_COUNT);
    blockScores[block]! += score;
    blockChecksums[block]! += checksum(score, score === SCORE ? Outcome.DECLINE : Outcome.APPROVE);
  }
  return { scores, thresholds: { decline: SCORE, review: SCORE }, blockScores, blockChecksums };
}

function setRow(members: ReadonlySet<string>, payloads: readonly { email: string }[]): Row {
  return {
    name: 'JavaScript Set, has alone',
    covers: 'score',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) if (members.has(payloads[i]!.email)) sum += SCORE;
      return sum;
    },
  };
}

/** Texts as they come from the network: a string that has no hash yet. */
function freshSetRow(members: ReadonlySet<string>, bytes: readonly Uint8Array[]): Row {
  const buffers = bytes.map((each) => Buffer.from(each));
  return {
    name: 'JavaScript Set, has of a text just decoded',
    covers: 'score',
    decide: (first) => {
      let sum = 0;
      for (let i = first; i < first + BLOCK_COUNT; i++) if (members.has(buffers[i]!.toString('latin1'))) sum += SCORE;
      return sum;
    },
  };
}

/** Measures membership in a list of many entries. */
export async function benchLists(options: ListsOptions): Promise<ListsResult> {
  const { entries, payloadCount, runs, timing } = options;
  const machine = describeMachine(undefined);
  options.log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}`);
  const emails = makeEmails(entries, payloadCount);
  const payloads = emails.map((email) => ({ email }));
  const engine = await benchEngine();
  try {
    const startMs = performance.now();
    const { bytes } = await engine.putList(TENANT, 'members', { format: 'lines', chunks: lines(entries) });
    const putMs = performance.now() - startMs;
    const asks = await setUpVerdict(bundleOf('asks', 'lists.members.includes(email)'), engine);
    const compares = await setUpVerdict(bundleOf('compares', 'email === "nobody@example.com"'), engine);
    const encoded = encodePayloads(asks.live.model, payloads);
    const members = new Set(Array.from({ length: entries }, (_, i) => entry(i)));
    const utf8 = emails.map((email) => new TextEncoder().encode(email));
    const half = truthOf(payloadCount, 1);
    const rows: { row: Row; truth: Truth }[] = [
      { row: named(verdictInPlace(asks, encoded), 'Verdict in place, a rule that asks the list'), truth: half },
      { row: named(verdictInPlace(compares, encoded), 'Verdict in place, a rule that compares'), truth: truthOf(payloadCount, 0) },
      { row: named(verdictCopied(asks, encoded), 'Verdict, one a call, a rule that asks the list'), truth: half },
      { row: setRow(members, payloads), truth: half },
      { row: freshSetRow(members, utf8), truth: half },
    ];
    const all = new Map<string, RowRun[]>(rows.map(({ row }) => [row.name, []]));
    for (let run = 0; run < runs; run++) {
      for (const { row, truth } of rows) all.get(row.name)!.push(await runRow(row, truth, timing));
    }
    for (const { row } of rows) await row.close?.();
    for (const setup of [asks, compares]) setup.ruleSet.release();
    const result = { machine, entries, bytes, putMs, rows: [...all].map(([name, own]) => judge(name, own)) };
    print(result, options);
    return result;
  } finally {
    await engine.close();
  }
}

function named(row: Row, name: string): Row {
  return { ...row, name };
}

function judge(name: string, runs: readonly RowRun[]): ListsRow {
  return {
    name,
    nanosPerDecision: median(runs.map((run) => run.nanosPerDecision)),
    checked: runs.reduce((sum, run) => sum + run.checked, 0),
    wrong: runs.find((run) => run.wrong !== undefined)?.wrong ?? null,
  };
}

function print({ entries, bytes, putMs, rows }: ListsResult, { format, log }: ListsOptions): void {
  log(`${formatNumber(entries)} entries: put in ${formatNumber(putMs)} ms, ${formatNumber(bytes / entries)} bytes an entry`);
  const cells = rows.map((row) => [
    row.name,
    formatNumber(row.nanosPerDecision),
    row.wrong === null ? 'equal' : `WRONG: ${row.wrong}`,
  ]);
  for (const line of format(['row', 'ns', 'answers'], cells, ['left', 'right', 'left'])) log(line);
}
