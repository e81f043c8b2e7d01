import { describe, expect, it } from 'vitest';
import { INSTRUCTION_BYTES } from '#assembly/shared/opcode.js';
import { disassemble } from '#src/compiler/disassemble.js';
import type { Ir } from '#src/compiler/ir.js';
import { BRANCH_DISTANCE_MAX } from '#src/compiler/limits.js';
import { emitProgram } from '#src/compiler/program.js';
import { type FeatureRef, modelScope, type Scope } from '#src/compiler/scope.js';
import type { Step } from '#src/compiler/steps.js';
import { BOOLEAN, NUMBER, type Type } from '#src/compiler/types.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { Random } from '../lib/expression-model.js';
import { testSeed } from '../lib/model.js';
import {
  checked,
  encoded,
  engineHits,
  engineValues,
  load,
  loadProgram,
  meantHits,
  meantValues,
  model,
  sameValues,
} from './standard-world.js';
import { StepGenerator, withHits } from './step-generator.js';

const show = (value: unknown): string => JSON.stringify(value, (_key, own: unknown) => (typeof own === 'bigint' ? `${own}n` : own));

/** 0 to count - 1 in random order. */
function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}

describe('steps', () => {
  const seed = testSeed('steps');

  it('give features the values that they mean', () => {
    for (let round = 0; round < 400; round++) {
      const generator = new StepGenerator(new Random(seed + round));
      for (let count = 0; count < 6; count++) generator.step();
      const { steps, features } = generator;
      const irs = features.map(
        (feature): Ir => ({ op: 'feature', type: feature.type, feature, nullable: feature.nullable, start: 0, end: 0 }),
      );
      load(irs, steps);
      for (const { bytes, object } of encoded) {
        const engine = engineValues(bytes);
        const meant = meantValues(irs, object, steps);
        if (!sameValues(engine, meant)) expect(show(engine), `seed ${seed + round}: ${show(steps)}`).toEqual(show(meant));
      }
    }
  });

  it.each([
    [false, 'off'],
    [true, 'off'],
    [false, 'on'],
    [true, 'on'],
  ] as const)('hit rules, and rules read features; only the first: %s, index %s', (first, index) => {
    for (let round = 0; round < 400; round++) {
      const random = new Random(seed + round);
      const generator = new StepGenerator(random, !first);
      for (let count = 0; count < 6; count++) generator.step();
      const { steps, features, hitCount } = generator;
      const rules: (Ir | undefined)[] = Array.from({ length: hitCount }, () => undefined);
      rules.push(...features.map((feature) => generator.question(feature)));
      // Every step is needed, so that what ends with another status does.
      for (let more = random.below(4); more > 0; more--) rules.push(generator.condition());
      const order = shuffled(rules.length, random);
      const placed = order.map((index) => rules[index]);
      const moved = steps.map((step) => withHits(step, (hit) => order.indexOf(hit)));
      loadProgram(moved, placed, first, index);
      for (const { bytes, object } of encoded) {
        const meant = meantHits(moved, placed, object, first);
        expect(engineHits(bytes), `seed ${seed + round}`).toEqual(meant);
      }
    }
  });
});

const place = { span: { file: 'steps', start: 0, end: 0 } };
const feature = (name: string, type: Type, nullable = false): FeatureRef => ({ name, type, nullable });
const TEXT: Type = { kind: 'text', bytesMax: 96 };
const sum = feature('sum', NUMBER);
const trust = feature('trust', NUMBER, true);
const name = feature('name', TEXT, true);
const large = feature('large', BOOLEAN);
const scope: Scope = {
  ...modelScope(model),
  names: new Map([sum, trust, name, large].map((ref) => [ref.name, { kind: 'feature', feature: ref } as const])),
};
const letOf = (ref: FeatureRef, source: string): Step => ({
  kind: 'let',
  name: ref.name,
  ...place,
  feature: ref,
  value: checked(source, scope),
});

/** The lines of a program of steps and rules, registers by the names of their fields. */
function listing(steps: readonly Step[], sources: readonly string[], first = false): string[] {
  const { code, constants, registers } = loadProgram(
    steps,
    sources.map((source) => (source === '' ? undefined : checked(source, scope))),
    first,
  );
  const names = new Map<number, string>();
  for (const field of model.fields) {
    const register = registers.ofField[field.index]!;
    if (register !== 65535) names.set(register, field.path);
  }
  return disassemble(code, { registers: registers.descriptors, constants, names })
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^\d+ +/, '')
        .replace(/ +/g, ' '),
    );
}

const programs: [string, Step[], string[], string[]][] = [
  [
    'what nothing reads is not computed',
    [letOf(sum, 'n + m'), letOf(large, 'sum > 5')],
    ['flag'],
    ['ALL 0, 0, 0, 1 -> 3', 'IF_FALSE flag -> 3', 'HIT 0', 'END'],
  ],
  [
    'a feature beside a constant is as good as a field',
    [letOf(sum, 'n + m'), letOf(large, 'n > 5')],
    ['sum > 5 && large'],
    [
      'F64_ADD r3, n, m',
      'F64_NOT_GT_I n, 5 -> 4',
      'CONST r4, 1',
      'JUMP -> 5',
      'CONST r4, 0',
      'ALL 1, 0, 0, 1 -> 9',
      'F64_NOT_GT_I r3, 5 -> 9',
      'IF_FALSE r4 -> 9',
      'HIT 0',
      'END',
    ].map((line) => line.replace('r3', 'r2').replace('r4', 'r3')),
  ],
  [
    'a feature that may be null has a flag',
    [letOf(trust, 'maybe ?? (flag ? n : null)')],
    ['trust !== null && trust < 3'],
    [
      'IF_NULL maybe -> 3',
      'MOVE r3, maybe',
      'JUMP -> 5',
      'IF_FALSE flag -> 6',
      'MOVE r3, n',
      'JUMP -> 7',
      'CONST r4, 1',
      'ALL 1, 0, 0, 1 -> 11',
      'F64_NOT_LT_I r3, 3 -> 11',
      'IF_TRUE r4 -> 11',
      'HIT 0',
      'END',
    ],
  ],
  [
    'a feature that is a constant is one',
    [letOf(sum, '2 + 3'), letOf(trust, 'null')],
    ['n > sum && trust === null'],
    ['ALL 1, 0, 0, 0 -> 3', 'F64_NOT_GT_I n, 5 -> 3', 'HIT 0', 'END'],
  ],
  [
    'a feature that is a field is one',
    [letOf(trust, 'maybe'), letOf(name, 'note')],
    ['trust !== null && trust > 1 && name === "a"', 'name === "b"'],
    [
      'TEXT_KEY r2, note',
      'ALL 1, 1, 2, 0 -> 7',
      'F64_NOT_GT_I maybe, 1 -> 7',
      'I64_NE_I r2, 72057594037928033 -> 7',
      'IF_NULL maybe -> 7',
      'IF_NULL note -> 7',
      'HIT 0',
      'ALL 0, 1, 1, 0 -> 11',
      'I64_NE_I r2, 72057594037928034 -> 11',
      'IF_NULL note -> 11',
      'HIT 1',
      'END',
    ],
  ],
  [
    'texts of features are compared by keys, too',
    [letOf(name, 'note?.trim()')],
    ['name === "a"', 'name === "b"'],
    [
      'IF_NULL note -> 4',
      'CALL r3, TEXT_TRIM, note',
      'MOVE r1, r3',
      'JUMP -> 5',
      'CONST r2, 1',
      'TEXT_KEY r4, r1',
      'ALL 0, 1, 0, 1 -> 10',
      'I64_NE_I r4, 72057594037928033 -> 10',
      'IF_TRUE r2 -> 10',
      'HIT 0',
      'ALL 0, 1, 0, 1 -> 14',
      'I64_NE_I r4, 72057594037928034 -> 14',
      'IF_TRUE r2 -> 14',
      'HIT 1',
      'END',
    ],
  ],
  [
    'joined texts of features are kept, others make room',
    [letOf(name, 's + t')],
    ['name === s', 's + s === t', 't + s === s'],
    [
      'TEXT_CONCAT r2, s, t',
      'RESET_TEXT keep',
      'IF_TRUE r3 -> 5',
      'TEXT_NE r2, s -> 5',
      'HIT 0',
      'TEXT_CONCAT r4, s, s',
      'TEXT_NE r4, t -> 8',
      'HIT 1',
      'RESET_TEXT',
      'TEXT_CONCAT r4, t, s',
      'TEXT_NE r4, s -> 12',
      'HIT 2',
      'END',
    ],
  ],
];

describe('programs', () => {
  it.each(programs)('%s', (_name, steps, rules, lines) => {
    expect(listing(steps, rules).slice(0, lines.length)).toEqual(lines);
  });
});

describe('tables', () => {
  const flags = ['flag', 'n > 1', 'm > 1'];
  const row = (index: number, group: number): { when: Ir; sets: []; hits: number[]; group: number } => ({
    when: checked(flags[index]!),
    sets: [],
    hits: [index],
    group,
  });
  const table = (groups: readonly number[], exclusive: boolean): Step => ({
    kind: 'choose',
    name: 'table',
    ...place,
    rows: groups.map((group, index) => row(index, group)),
    otherwise: { sets: [], hits: [3] },
    exclusive,
  });

  // Over the payloads: flag and n > 1; m > 1; flag and n > 1.
  it.each<[string, Step, (number[] | string)[]]>([
    ['the first row', table([0, 1, 2], false), [[0], [2], [0]]],
    ['rows that agree', table([0, 0, 2], true), [[0], [2], [0]]],
    ['rows that do not', table([0, 1, 2], true), ['CONFLICT', [2], 'CONFLICT']],
  ])('%s', (_name, step, expected) => {
    loadProgram([step], [undefined, undefined, undefined, undefined]);
    expect(encoded.map(({ bytes }) => engineHits(bytes))).toEqual(expected);
  });

  it('of more rows than one branch can pass', () => {
    const never = checked('n === -8 && m > 2');
    const one = checked('1');
    const rows = Array.from({ length: 40_000 }, (_, index) => ({
      when: index === 39_998 ? checked('n === -7 && m > 2') : never,
      sets: [{ feature: sum, value: { ...one, value: index } as Ir }],
      hits: [],
      group: 0,
    }));
    const step: Step = {
      kind: 'choose',
      name: 'table',
      ...place,
      rows,
      otherwise: { sets: [{ feature: sum, value: checked('-1') }], hits: [] },
      exclusive: false,
    };
    const bag = new DiagnosticBag();
    const span = { file: 'rules', start: 0, end: 0 };
    const rules = [{ id: 'r', span, condition: checked('sum === 39998', scope) }];
    const program = emitProgram(
      { model, steps: [step], rules, ranks: [0], first: false, reasonsMax: 1, span, costMax: Infinity, index: 'off' },
      bag,
    );
    expect(bag.items).toEqual([]);
    expect(program.code.length / INSTRUCTION_BYTES).toBeGreaterThan(2 * BRANCH_DISTANCE_MAX);
    loadProgram([step], [rules[0]!.condition, checked('sum < 0', scope)]);
    expect(encoded.map(({ bytes }) => engineHits(bytes))).toEqual([[1], [0], [1]]);
  });

  it('under first, hits wait for the rules before them', () => {
    const step: Step = {
      kind: 'each',
      name: 'table',
      ...place,
      rows: [1, 3].map((hit) => ({ when: checked('flag'), sets: [], folds: [], hits: [hit] })),
    };
    const rules = [checked('n > 100'), undefined, checked('m > 1'), undefined];
    const lines = listing([step], ['n > 100', '', 'm > 1', ''], true);
    expect(lines.filter((line) => line === 'END')).toHaveLength(5);
    loadProgram([step], rules, true);
    expect(encoded.map(({ bytes }) => engineHits(bytes))).toEqual([[1], [2], [0]]);
  });
});
