import { describe, expect, it } from 'vitest';
import { ImageKind } from '#assembly/shared/image.js';
import { type CompileOptions, compile } from '#src/compiler/compile.js';
import { compileExpressions } from '#src/compiler/expressions.js';
import { rankRules } from '#src/compiler/program.js';
import { renderDiagnostic } from '#src/diagnostic/render.js';
import { readManifest } from '#src/image/file.js';
import { bundleFiles, HEAD, listed, MODEL, RULES } from '../bundle/files.js';
import { model } from './check.js';

function run(texts: Readonly<Record<string, string | undefined>> = {}, options: CompileOptions = {}) {
  const files = bundleFiles(texts);
  const result = compile(files, options);
  return { ...result, files, found: listed({ items: result.diagnostics }, files) };
}

const first = HEAD.replace('combine: score', 'combine: first').replace(/outcomes: .*/, 'outcomes: [{ outcome: approve }]');

describe('a good bundle', () => {
  it('becomes an image file', () => {
    const { image, manifest, lock, found } = run();
    expect(found).toEqual([]);
    expect(readManifest(image!)).toEqual(manifest);
    expect(manifest).toMatchObject({
      format: 2,
      name: 'card-risk',
      version: '1.4.0',
      profile: 'strict',
      combine: 'score',
      onError: 'review',
      ranks: [0],
      rules: [{ id: 'large', file: 'rules/a.yaml', line: 1, when: 'amount > 5000', score: 80, outcome: null, reason: 'LARGE' }],
    });
    expect(manifest!.modelSchema).toMatchObject({ type: 'object', required: ['amount', 'country'] });
    expect(Object.keys(lock!.tables[''] ?? {})).toEqual(['amount', 'country', 'note']);
  });

  it('gives equal bytes each time, whatever the order of its files', () => {
    const files = bundleFiles({ 'rules/b.yaml': RULES.replace('large', 'b').replace('5000', '1') });
    const again = new Map([...files].reverse());
    expect(compile(again).image).toEqual(compile(files).image);
  });

  it('keeps ids that were given before', () => {
    const lock = run().lock!;
    const texts = { 'model.yaml': MODEL.replace('  amount', '  extra: { type: number }\n  amount') };
    expect(run(texts, { lock }).lock!.tables['']!.amount).toEqual(lock.tables['']!.amount);
    const own = { ...texts, 'model.lock.json': JSON.stringify(lock) };
    expect(run(own).lock).toEqual(run(texts, { lock }).lock);
  });
});

describe('all problems in one run', () => {
  it('of the head, the model, the rules and the input', () => {
    const { found, image } = run({
      'bundle.yaml': HEAD.replace('atLeast: 50', 'atLeast: 90'),
      'model.yaml': MODEL,
      'rules/a.yaml': '- id: a\n  when: >-\n    ammount > 5000 &&\n    country == "US"\n  then: { score: 1 }\n',
      'rules/b.yaml':
        '- id: a\n  when: \'country === "FR"\'\n  then: { score: 2, reason: B }\n- id: c\n  when: amount\n  then: { score: 3, reason: C }\n',
      'input.yaml': 'format: csv\ncolumns: { amuont: A }\n',
    });
    expect(image).toBeUndefined();
    expect(found).toEqual([
      'bundle.yaml:7:14 V4009? no score reaches 80: all rules together give 6',
      'bundle.yaml:7:49 V4002 90 does not lie below 80',
      'bundle.yaml:7:49 V4009? no score reaches 90: all rules together give 6',
      'input.yaml:2:12 V1010 `amuont` is not a field of the model',
      'rules/a.yaml:3:5 V3201 `ammount` is not a field of the model',
      'rules/a.yaml:4:12 V3143 `==` is not allowed',
      'rules/a.yaml:5:3 V4006? `a` gives no reason',
      'rules/b.yaml:1:7 V4001 the id `a` is taken',
      'rules/b.yaml:2:22 V3309 `country` has no member "FR"',
      'rules/b.yaml:5:9 V4008 the condition of `c` is a number, not a boolean',
    ]);
  });

  it('syntax is checked where the model has faults', () => {
    const { found } = run({
      'model.yaml': 'type: array\n',
      'rules/a.yaml': '- { id: a, when: foo == 1, then: { score: 80, reason: A } }\n',
    });
    expect(found.map((line) => line.split(' ')[1])).toEqual([expect.stringMatching(/^V2/), 'V3143']);
  });

  it('of conditions too, where bundle.yaml or the rest of their rule does not match its schema', () => {
    const { found, image } = run({
      'bundle.yaml': HEAD.replace('onError', 'onErorr'),
      'rules/a.yaml':
        '- { id: A, when: "ammount > 1", then: { score: 1, reason: A } }\n- { id: b, when: "amount", then: { scre: 1 } }\n',
      'rules/b.yaml': '- { id: c, when: "amount == 1", then: { score: 80, reason: C } }\n- { id: d, when: 5, then: {} }\n- 7\n',
    });
    expect(image).toBeUndefined();
    expect(found.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'bundle.yaml:1:1 V1003',
      'bundle.yaml:4:1 V1005',
      'rules/a.yaml:1:9 V1003',
      'rules/a.yaml:1:19 V3201',
      'rules/a.yaml:2:36 V1005',
      'rules/b.yaml:1:25 V3143',
      'rules/b.yaml:2:18 V1003',
      'rules/b.yaml:2:27 V1003',
      'rules/b.yaml:3:3 V1003',
    ]);
  });

  it('points into the file', () => {
    const { diagnostics, files } = run({ 'rules/a.yaml': RULES.replace('amount >', 'ammount >') });
    expect(renderDiagnostic(diagnostics[0]!, files).split('\n').slice(1)).toEqual([
      '  --> rules/a.yaml:2:9',
      '   |',
      '2  |   when: ammount > 5000',
      '   |         ^^^^^^^',
      '  = advice: did you mean `amount`?',
    ]);
  });
});

// What bundle.yaml and rules may say about deciding.
const rule = (then: string, id = 'a', when = 'amount > 1'): string => `- { id: ${id}, when: ${when}, then: ${then} }\n`;
const faults: [string, Record<string, string>, string[]][] = [
  ['a first without outcome', { 'bundle.yaml': first, 'rules/a.yaml': rule('{ score: 1, reason: A }') }, ['V4004']],
  ['a first with outcome', { 'bundle.yaml': first, 'rules/a.yaml': rule('{ outcome: decline, reason: A }') }, []],
  [
    'a first with thresholds',
    { 'bundle.yaml': HEAD.replace('score', 'first'), 'rules/a.yaml': rule('{ outcome: approve }') },
    ['V4005', 'V4005'],
  ],
  ['no last outcome', { 'bundle.yaml': HEAD.replace(', { outcome: approve }', '') }, ['V4003']],
  [
    'two last outcomes',
    { 'bundle.yaml': HEAD.replace('{ outcome: approve }', '{ outcome: approve }, { outcome: review }') },
    ['V4003'],
  ],
  ['equal thresholds', { 'bundle.yaml': HEAD.replace('50', '80') }, ['V4002']],
  ['an unreachable threshold', { 'rules/a.yaml': rule('{ score: 79.5, reason: A }') }, ['V4009?']],
  [
    'scores that add up',
    {
      'rules/a.yaml':
        rule('{ score: 79.5, reason: A }') +
        rule('{ score: -9 }', 'b', 'amount > 2') +
        rule('{ score: 1, reason: A }', 'c', 'amount > 3'),
    },
    [],
  ],
  ['no reason', { 'rules/a.yaml': rule('{ score: 80 }') }, ['V4006?']],
  ['no rules', { 'rules/a.yaml': '[]' }, ['V4007']],
  [
    'a condition twice',
    { 'rules/a.yaml': rule('{ score: 80, reason: A }') + rule('{ score: 80, reason: A }', 'b', "' amount > 1 '") },
    ['V4010?'],
  ],
  ['standard', { 'bundle.yaml': `profile: standard\n${HEAD}` }, ['V1008']],
  [
    'a nullable boolean',
    {
      'model.yaml': MODEL.replace('string, maxLength: 40', 'boolean'),
      'rules/a.yaml': rule('{ score: 80, reason: A }', 'a', 'note'),
    },
    ['V3304'],
  ],
  [
    'a text joined too long',
    {
      'model.yaml': MODEL.replace('40', '60000'),
      'rules/a.yaml': rule('{ score: 80, reason: A }', 'a', `'note !== null && note + note === "x"'`),
    },
    ['V5009'],
  ],
];

describe('deciding', () => {
  it.each(faults)('%s', (_, texts, codes) => {
    expect(run(texts).diagnostics.map(({ code, severity }) => (severity === 'warning' ? `${code}?` : code))).toEqual(codes);
  });

  it('a rule that costs too much', () => {
    const when = Array.from({ length: 500 }, (_, i) => `amount % 3 > ${i}`).join(' && ');
    expect(run({ 'rules/a.yaml': rule('{ score: 80, reason: A }', 'a', when) }).diagnostics.map(({ code }) => code)).toEqual([
      'V5004',
    ]);
  });

  it('a bundle of too many files', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`docs/${i}.md`, '']));
    expect(run(many).diagnostics.map(({ code }) => code)).toEqual(['V5011']);
  });

  it('standard is taken where the tenant allows it', () => {
    expect(run({ 'bundle.yaml': `profile: standard\n${HEAD}` }, { profileMax: 'standard' }).manifest!.profile).toBe('standard');
  });

  it('refusals name the profile', () => {
    const { diagnostics } = run({ 'rules/a.yaml': rule('{ score: 80, reason: A }', 'a', "'note ?? 1'") });
    expect(diagnostics[0]!.message).toBe('`??` needs the profile `standard`');
  });
});

describe('ranks', () => {
  it.each([
    [[], []],
    [
      [1, 2, 3],
      [2, 1, 0],
    ],
    [
      [5, 5, 5],
      [0, 1, 2],
    ],
    [
      [0, 10, -5, 10, 0],
      [2, 0, 4, 1, 3],
    ],
  ])('of scores %o are %o', (scores, ranks) => expect(rankRules(scores.map((score) => ({ score })))).toEqual(ranks));
});

describe('expressions', () => {
  it('become one image with a value each', () => {
    const { image, types, diagnostics } = compileExpressions(model, [
      'n + 1',
      'maybe',
      'null',
      's + "x"',
      'country',
      'amount * fee',
      'now',
      'flag && other',
    ]);
    expect(diagnostics).toEqual([]);
    expect(types).toEqual(['number', 'number', 'null', 'string', 'enum(country)', 'decimal(5)', 'timestamp', 'boolean']);
    expect(new DataView(image!.buffer, image!.byteOffset).getUint32(20, true)).toBe(ImageKind.EXPRESSIONS);
  });

  it('name their own faults', () => {
    const { image, types, diagnostics } = compileExpressions(model, ['n', 'foo', 'card']);
    expect(image).toBeUndefined();
    expect(types).toEqual(['number', 'error', 'error']);
    expect(diagnostics.map(({ code, span }) => [code, span.file, span.start])).toEqual([
      ['V3201', 'expression 2', 0],
      ['V3315', 'expression 3', 0],
    ]);
  });
});
