// verdict bench: nanoseconds a decision on this machine, with this bundle, and where they go.
//
// Each sample decides 1,024 payloads one by one, walking through a pool of at least 65,536, so that neither the timer nor the
// branch predictor flatters anyone. The three forms decide the same payloads; the sums of their scores are compared.

import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { IndexReport } from '../../compiler/index/plan.js';
import { compilePartial, type PartialBundle } from '../../compiler/partial.js';
import type { RuleSet } from '../../ruleset.js';
import { PayloadEncoder } from '../../schema/encode.js';
import { jsonValue } from '../../schema/json-text.js';
import { type OpenRuleSet, openRuleSet, PROFILE_MAX } from '../bundle-dir.js';
import { defineCommand, integerOption, numberOption } from '../command.js';
import { EXIT_NO, EXIT_OK, Refusal, UsageError } from '../errors.js';
import { printIndexes } from '../index-report.js';
import { loadInputMap } from '../input-map.js';
import { type GivenList, listFileOption } from '../list-files.js';
import { number, type Output, plural } from '../output.js';
import { type GivenParameters, parameterOption } from '../parameter-options.js';
import { PayloadGenerator } from '../payload-generator.js';
import { flameSvg, stageName } from '../profile/flame.js';
import { type Profile, profile } from '../profile/profile.js';
import type { Measured } from '../profile/statistics.js';
import { type Progress, startProgress } from '../progress.js';
import { formatOf, openRows, type RowFormat } from '../rows.js';
import { parseNow } from './eval.js';

/** Payloads a sample decides. */
const SAMPLE_COUNT = 1024;
/** Payloads of the pool; rows of a smaller file are repeated. */
const POOL_COUNT_MIN = 65_536;
const POOL_COUNT_MAX = 262_144;
const WARMUP_SECONDS = 0.3;
/** Offset of the score in a decision: equal in every decision. */
const SCORE_OFFSET = 56;

interface BenchOptions {
  list: readonly GivenList[];
  parameter: GivenParameters;
  input?: string;
  format?: RowFormat;
  map?: string;
  label?: string;
  generated: boolean;
  seed: number;
  seconds: number;
  now: string;
  profile: boolean;
  svg?: string;
}

export interface BenchForm {
  /** What the caller hands over: an object, JSON text, or the FlatBuffers bytes of a payload. */
  form: 'object' | 'json' | 'flatbuffers';
  /** Nanoseconds a decision: median, smallest and 99th percentile over the samples. */
  nsMedian: number;
  nsMin: number;
  nsP99: number;
  decisionsPerSecond: number;
  samples: number;
}

/** Output of `verdict bench --json`. */
export interface BenchJson {
  /** All forms decided alike. */
  ok: boolean;
  bundle: string;
  version: string;
  image: string;
  node: string;
  rules: number;
  /** Static worst case of one payload, in units of about a nanosecond. */
  costMax: number;
  payloads: { source: string; distinct: number; pool: number; bytesMean: number; seed?: number };
  forms: BenchForm[];
  /** Sum of all scores of the pool, equal for every form. */
  checksum: number;
  /** Where the time goes; absent with --no-profile, and for an image, which has no source to take parts of. */
  profile?: Profile;
  /** What a match index holds of rules and of rows of tables, or why there is none; absent where the profile is. */
  indexes?: readonly IndexReport[];
}

/** `verdict bench`. */
export function benchCommand(): Command {
  const options = [
    new Option('-i, --input <file>', 'rows to decide, as for eval'),
    new Option('--format <format>', 'format of the rows').choices(['csv', 'ndjson', 'json']),
    new Option('--map <file>', "an input.yaml in place of the bundle's own"),
    new Option('--label <column>', 'column that is not part of the payload'),
    new Option('--generated', 'payloads drawn from the model').default(false),
    new Option('--seed <number>', 'seed of generated payloads').argParser(integerOption(0, 0xffffffff)).default(1),
    new Option('--seconds <number>', 'how long each form is measured').argParser(numberOption(0.01, 600)).default(2),
    new Option('--no-profile', 'only how long a decision takes, not where the time goes'),
    new Option('--svg <file>', 'where the time goes as a picture'),
    new Option('--now <timestamp>', 'time of the decisions, RFC 3339').default('2026-01-01T00:00:00Z'),
    listFileOption(),
    parameterOption(),
  ];
  return defineCommand('bench', '<bundle>', 'measure how long a decision takes', options, bench);
}

interface Pool {
  objects: object[];
  texts: string[];
  bytes: Uint8Array[];
  distinct: number;
}

async function bench([path]: string[], options: BenchOptions, output: Output): Promise<number> {
  if (options.generated === (options.input !== undefined)) {
    throw new UsageError('what is to be decided?', 'give either --input <file> or --generated');
  }
  if (options.svg !== undefined && !options.profile) throw new UsageError('--svg shows a profile', 'leave out --no-profile');
  const opened = await openRuleSet(path as string, output, options.list, options.parameter);
  if (opened === undefined) return EXIT_NO;
  try {
    const { ruleSet } = opened;
    const pool = makePool(ruleSet, options.generated ? generate(ruleSet, options.seed) : await readRows(opened, options));
    const at = { now: parseNow(options.now) ?? 0n };
    // Code is generated now, or the VM would decide some samples, and code the others.
    await ruleSet.warmUp();
    const progress = startProgress('bench', 3);
    const forms: BenchForm[] = [];
    const sums: number[] = [];
    for (const [form, payloads] of [
      ['object', pool.objects],
      ['json', pool.texts],
      ['flatbuffers', pool.bytes],
    ] as const) {
      sums.push(checksum(ruleSet, payloads, at));
      forms.push(measure(form, ruleSet, payloads, at, options.seconds));
      progress.update(forms.length, forms.length * pool.objects.length);
    }
    progress.stop();
    const parts = options.profile && opened.files ? compilePartial(opened.files, { profileMax: PROFILE_MAX }) : undefined;
    const profiled = parts && (await profileOf(parts, opened.ruleSet, pool, at, options.seconds));
    if (options.svg !== undefined) {
      if (profiled === undefined) throw new UsageError('an image has no rules to measure by themselves', 'name the bundle');
      writeFileSync(options.svg, flameSvg(`${ruleSet.name} ${ruleSet.version}`, profiled));
    }
    const { name, version, image, live } = ruleSet;
    const source = options.generated ? 'generated' : (options.input ?? '');
    const bytesMean = Math.round(pool.bytes.reduce((sum, bytes) => sum + bytes.length, 0) / pool.bytes.length);
    const result: BenchJson = {
      ok: sums.every((sum) => sum === sums[0]),
      bundle: name,
      version,
      image,
      node: process.version,
      rules: live.ruleCount,
      costMax: live.costMax,
      payloads: {
        source,
        distinct: pool.distinct,
        pool: pool.objects.length,
        bytesMean,
        ...(options.generated ? { seed: options.seed } : {}),
      },
      forms,
      checksum: sums[0] ?? 0,
      ...(profiled === undefined || parts === undefined ? {} : { profile: profiled, indexes: parts.indexes }),
    };
    print(result, sums, output);
    output.result(result);
    return result.ok ? EXIT_OK : EXIT_NO;
  } finally {
    await opened.close();
  }
}

/** Where the time goes. */
async function profileOf(
  parts: PartialBundle,
  ruleSet: RuleSet,
  pool: Pool,
  at: { now: bigint },
  seconds: number,
): Promise<Profile> {
  let bar: Progress | undefined;
  try {
    return await profile(ruleSet, parts, pool.bytes, {
      ...at,
      seconds,
      progress: (done, total) => {
        bar ??= startProgress('profile', total);
        bar.update(done, done);
      },
    });
  } finally {
    bar?.stop();
  }
}

function generate(ruleSet: RuleSet, seed: number): object[] {
  const generator = new PayloadGenerator(ruleSet.model, seed);
  return Array.from({ length: POOL_COUNT_MIN }, () => generator.next());
}

/** The rows of a file that fit the model. */
async function readRows({ files, ruleSet }: OpenRuleSet, options: BenchOptions): Promise<object[]> {
  const input = options.input ?? '';
  const map = loadInputMap(files, options.map, ruleSet.model);
  const format = options.format ?? formatOf(input, map);
  const rows = openRows(input, ruleSet.model, { format, map, ...(options.label === undefined ? {} : { label: options.label }) });
  const encoder = new PayloadEncoder(ruleSet.model);
  const payloads: object[] = [];
  let refused: string | undefined;
  for await (const { line, payload, faults } of rows) {
    try {
      if (payload === undefined) throw new Error(faults[0]?.message);
      const value = (typeof payload === 'string' ? jsonValue(payload) : payload) as object;
      encoder.encode(value);
      payloads.push(value);
    } catch (error) {
      refused ??= `line ${line}: ${(error as Error).message}`;
    }
    if (payloads.length === POOL_COUNT_MAX) break;
  }
  if (payloads.length === 0)
    throw new Refusal(
      'INVALID_PAYLOAD',
      `no row of ${input} fits the model: ${refused ?? 'it is empty'}`,
      '`verdict eval` shows why',
    );
  return payloads;
}

/** The payloads in all forms, repeated up to the smallest pool. */
function makePool(ruleSet: RuleSet, payloads: readonly object[]): Pool {
  const encoder = new PayloadEncoder(ruleSet.model);
  const pool: Pool = { objects: [], texts: [], bytes: [], distinct: payloads.length };
  const count = Math.ceil(Math.max(payloads.length, POOL_COUNT_MIN) / SAMPLE_COUNT) * SAMPLE_COUNT;
  for (let i = 0; i < count; i++) {
    // every entry is a value of its own, repeated or not: what is measured is not one warm object
    const text = JSON.stringify(payloads[i % payloads.length]);
    const object = jsonValue(text) as object;
    pool.objects.push(object);
    pool.texts.push(text);
    pool.bytes.push(encoder.encode(object).slice());
  }
  return pool;
}

function scoreOf(decision: Uint8Array): number {
  return new DataView(decision.buffer, decision.byteOffset).getFloat64(SCORE_OFFSET, true);
}

function checksum(ruleSet: RuleSet, payloads: readonly (object | string | Uint8Array)[], at: { now: bigint }): number {
  let sum = 0;
  for (const payload of payloads) sum += scoreOf(ruleSet.decideBytes(payload, at));
  return sum;
}

function measure(
  form: BenchForm['form'],
  ruleSet: RuleSet,
  payloads: readonly (object | string | Uint8Array)[],
  at: { now: bigint },
  seconds: number,
): BenchForm {
  const samples: number[] = [];
  let position = 0;
  let consumed = 0;
  const sample = (): number => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < SAMPLE_COUNT; i++) {
      consumed += ruleSet.decideBytes(payloads[position + i] as object, at).length;
    }
    const ns = Number(process.hrtime.bigint() - start);
    position = (position + SAMPLE_COUNT) % payloads.length;
    return ns / SAMPLE_COUNT;
  };
  const run = (lengthSeconds: number, take: (ns: number) => void): void => {
    const endMs = performance.now() + lengthSeconds * 1000;
    do take(sample());
    while (performance.now() < endMs);
  };
  run(Math.min(WARMUP_SECONDS, seconds), () => undefined);
  run(seconds, (ns) => samples.push(ns));
  if (consumed === 0) throw new Error('no decision was made');
  samples.sort((a, b) => a - b);
  const at99 = samples[Math.min(samples.length - 1, Math.floor(samples.length * 0.99))] ?? 0;
  const median = samples[Math.floor(samples.length / 2)] ?? 0;
  return {
    form,
    nsMedian: Math.round(median),
    nsMin: Math.round(samples[0] ?? 0),
    nsP99: Math.round(at99),
    decisionsPerSecond: Math.round(1e9 / median),
    samples: samples.length,
  };
}

function print(result: BenchJson, sums: readonly number[], output: Output): void {
  const { payloads, forms } = result;
  output.line(
    `${output.paint(`${result.bundle} ${result.version}`, 'bold')}: ${plural(result.rules, 'rule')}, cost at most ${number(result.costMax)} units, Node ${result.node}`,
  );
  const seed = payloads.seed === undefined ? '' : `, seed ${payloads.seed}`;
  output.line(
    `${number(payloads.pool)} payloads (${number(payloads.distinct)} distinct, ${payloads.source}${seed}), ${payloads.bytesMean} bytes each`,
  );
  output.line();
  output.table(
    [
      { title: 'payload as' },
      { title: 'ns/decision', align: 'right' },
      { title: 'min', align: 'right' },
      { title: 'p99', align: 'right' },
      { title: 'decisions/s', align: 'right' },
      { title: '' },
    ],
    forms.map(({ form, nsMedian, nsMin, nsP99, decisionsPerSecond }, i) => [
      form,
      number(nsMedian),
      number(nsMin),
      number(nsP99),
      number(decisionsPerSecond),
      sums[i] === sums[0] ? '' : 'WRONG',
    ]),
  );
  output.line(`checksum ${result.checksum}`);
  if (result.profile !== undefined) printProfile(result.profile, output);
  if (result.indexes === undefined) return;
  if (result.profile !== undefined && result.indexes.some(({ indexed }) => indexed)) {
    output.line(
      'alone, each is measured as code of its own; beside the others the match index finds it, and that is stage `rules`',
    );
  }
  printIndexes(result.indexes, output);
}

/** Rules that are listed: the dearest. */
const RULES_SHOWN = 20;

function printProfile({ by, withoutCode, payloads, hitPayloads, stages, steps, rules, total }: Profile, output: Output): void {
  const cells = ({ ns, low, high }: Measured): string[] => [ns.toFixed(1), `${low.toFixed(1)} to ${high.toFixed(1)}`];
  const share = (ns: number): string => `${((100 * ns) / total.ns).toFixed(1)} %`;
  output.line();
  const decider = by === 'code' ? 'generated code' : `the VM (${withoutCode ?? 'no code was generated'})`;
  output.line(`where the time goes, one payload a call, ${number(payloads)} payloads, decided by ${decider}:`);
  output.table(
    [{ title: 'stage' }, { title: 'ns', align: 'right' }, { title: '95 %', align: 'right' }, { title: 'share', align: 'right' }],
    [...stages.map((stage) => [stageName(stage.stage), ...cells(stage), share(stage.ns)]), ['in all', ...cells(total), '']],
  );
  if (steps.length > 0) {
    output.line();
    output.table(
      [{ title: 'feature, table, scorecard, alone' }, { title: 'ns', align: 'right' }, { title: '95 %', align: 'right' }],
      steps.map((step) => [step.name, ...cells(step)]),
    );
  }
  const dearest = rules.toSorted((a, b) => (b.time?.ns ?? 0) - (a.time?.ns ?? 0)).slice(0, RULES_SHOWN);
  output.line();
  output.table(
    [
      { title: 'rule, alone' },
      { title: 'ns', align: 'right' },
      { title: '95 %', align: 'right' },
      { title: 'hits', align: 'right' },
      { title: '' },
    ],
    dearest.map(({ id, time, together, hits }) => [
      id,
      ...(time === null ? ['', ''] : cells(time)),
      `${((100 * hits) / hitPayloads).toFixed(2)} %`,
      together === 1 ? '' : `mean of ${together} rules`,
    ]),
  );
  if (rules.length > dearest.length) output.line(`and ${plural(rules.length - dearest.length, 'more rule')}; --json has all`);
}
