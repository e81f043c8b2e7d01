import { describe, expect, it } from 'vitest';
import { HEAD, MODEL, RULES, read } from './files.js';

describe('a good bundle', () => {
  it('is read whole', () => {
    const { bundle, found } = read({ 'tests/a.yaml': '- name: one\n  payload: { amount: 1 }\n  expect: { outcome: approve }\n' });
    expect(found).toEqual([]);
    expect(bundle).toMatchObject({
      name: 'card-risk',
      version: '1.4.0',
      profile: 'strict',
      onError: 'review',
      combine: 'score',
      reasonsMax: 8,
      rules: [
        { id: 'large', file: 'rules/a.yaml', line: 1, score: 80, reason: 'LARGE', outcome: null, when: { text: 'amount > 5000' } },
      ],
      tests: [{ name: 'one', now: 1_767_225_600_000_000n, payload: { amount: 1 }, expect: { outcome: 'approve' } }],
    });
    expect(bundle!.outcomes.map(({ atLeast, outcome }) => [atLeast, outcome])).toEqual([
      [80, 'decline'],
      [50, 'review'],
      [undefined, 'approve'],
    ]);
  });

  it('may be JSON, and has rules in path order', () => {
    const rule = (id: string): string => JSON.stringify([{ id, when: 'amount > 1', then: { score: 1 } }]);
    const { bundle, found } = read({
      'rules/a.yaml': undefined,
      'rules/b.json': rule('b'),
      'rules/a/z.yml': rule('z'),
      'rules/B.yaml': rule('cap'),
    });
    expect(found).toEqual([]);
    expect(bundle!.rules.map(({ id }) => id)).toEqual(['cap', 'z', 'b']);
  });

  it('may have other files beside', () => {
    expect(read({ 'README.md': '# x', 'generator.ts': 'x', 'data/x.yaml': 'a', '.gitignore': 'x' }).found).toEqual([]);
  });

  it('may say true without quotes', () => {
    const { bundle } = read({ 'rules/a.yaml': '- { id: all, when: true, then: { score: 1 } }\n' });
    expect(bundle!.rules[0]!.when.text).toBe('true');
  });

  it('keeps large integers of the model', () => {
    const { bundle } = read({ 'model.yaml': 'properties: { id: { maximum: 9007199254740993, minimum: -5 } }\n' });
    expect(bundle!.model!.schema).toEqual({ properties: { id: { maximum: 9007199254740993n, minimum: -5 } } });
  });
});

// What is found in one run, with its place.
const faults: [string, Record<string, string | undefined>, string[]][] = [
  ['no bundle.yaml', { 'bundle.yaml': undefined }, ['bundle.yaml:1:1 V1001 bundle.yaml is missing']],
  ['a missing model', { 'model.yaml': undefined }, ['bundle.yaml:3:8 V1001 the model model.yaml is missing']],
  ['two heads', { 'bundle.json': '{}' }, ['bundle.json:1:1 V1004 bundle.yaml is there already']],
  [
    'reserved folders',
    { 'flows/x.yaml': 'a: 1\n' },
    ['flows/x.yaml:1:1 V1004 files in flows/ are not supported by this version of Verdict'],
  ],
  ['a misspelled file', { 'inputs.yaml': 'a: 1' }, ['inputs.yaml:1:1 V1004? inputs.yaml has no known role']],
  ['a misspelled folder', { 'rule/a.yaml': RULES }, ['rule/a.yaml:1:1 V1004? rule/a.yaml has no known role']],
  ['a folder of another kind', { 'data/a.yaml': RULES }, []],
  [
    'an id that a merge gave twice',
    { 'model.lock.json': '{"format":1,"tables":{"":{"a":{"id":0,"kind":"TEXT"},"b":{"id":0,"kind":"DOUBLE"}}},"enums":{}}' },
    ['model.lock.json:1:1 V2010 the lock gives id 0 of table "" twice'],
  ],
  [
    'a member number that a merge gave twice',
    { 'model.lock.json': '{"format":1,"tables":{},"enums":{"e":{"x":0,"y":0}}}' },
    ['model.lock.json:1:1 V2010 the lock gives number 0 of "e" twice'],
  ],
  [
    'bad YAML',
    { 'rules/a.yaml': '- id: [a\n' },
    ['rules/a.yaml:2:1 V1002 flow sequence in block collection must be sufficiently indented and end with a ]'],
  ],
  ['tabs', { 'rules/a.yaml': '- id: a\n\twhen: x\n' }, ['rules/a.yaml:2:2 V1002 unexpected scalar at node end']],
  ['a tag', { 'rules/a.yaml': '- !!js/function x\n' }, ['rules/a.yaml:1:3 V1002 unresolved tag: tag:yaml.org,2002:js/function']],
  ['a key twice', { 'rules/a.yaml': `${RULES}  id: b\n` }, ['rules/a.yaml:4:3 V1006 this key stands twice in one object']],
  [
    'faults of several files at once',
    {
      'bundle.yaml': HEAD.replace('onError: review', 'onErorr: review').replace('1.4.0', '1.4'),
      'rules/a.yaml': '- id: Large\n  when: amount > 5000\n  then: { scores: 80 }\n- id: b\n  wenn: x\n  then: {}\n',
      'rules/b.yaml': 'id: x\n',
    },
    [
      'bundle.yaml:1:1 V1003 `onError` is missing',
      'bundle.yaml:2:10 V1003 `version` must be a text',
      'bundle.yaml:4:1 V1005 `onErorr` is not known here',
      'rules/a.yaml:1:7 V1003 `id` has a form that is not allowed',
      'rules/a.yaml:3:11 V1005 `scores` is not known here',
      'rules/a.yaml:4:3 V1003 `when` is missing',
      'rules/a.yaml:5:3 V1005 `wenn` is not known here',
      'rules/a.yaml:6:9 V1003 `then` is empty',
      'rules/b.yaml:1:1 V1003 the document must be an array',
    ],
  ],
  [
    'enums',
    { 'bundle.yaml': HEAD.replace('combine: score', 'combine: scores') },
    ['bundle.yaml:6:12 V1003 `combine` must be one of `score`, `first`, `collect`'],
  ],
  [
    'a score that is no number',
    { 'rules/a.yaml': RULES.replace('80', '.nan') },
    ['rules/a.yaml:3:18 V1003 `score` must be a number'],
  ],
  [
    'a bad time',
    { 'tests/a.yaml': '- { name: a, payload: {}, now: yesterday, expect: { score: 1 } }\n' },
    ['tests/a.yaml:1:32 V1003 `now` is not a timestamp'],
  ],
  [
    'a bad lock',
    { 'model.lock.json': '{"format":1,"tables":{"":{"a":{"id":-1,"kind":"x"}}},"enums":{}}' },
    ['model.lock.json:1:37 V1003 `id` must be >= 0'],
  ],
];

describe('faults', () => {
  it.each(faults)('%s', (_, texts, expected) => {
    expect(read(texts).found).toEqual(expected);
  });

  it('bad JSON is found although it is YAML', () => {
    const { found } = read({ 'rules/a.yaml': undefined, 'rules/a.json': "[{ 'id': 1 }]" });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^rules\/a\.json:1:\d+ V1002 this is not JSON/);
  });

  it('aliases are bounded', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) =>
        `- &a${i} [${
          i === 0
            ? 'x'
            : Array(12)
                .fill(`*a${i - 1}`)
                .join(', ')
        }]`,
    ).join('\n');
    expect(read({ 'rules/a.yaml': bomb }).found[0]).toMatch(/V1009 rules\/a\.yaml: Excessive alias count/);
  });

  it('depth is bounded', () => {
    const found = read({ 'rules/a.yaml': `- ${'['.repeat(50_000)}` }).found;
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(/V100[29]/);
  });

  it('one bad rule does not hide its neighbours', () => {
    const { bundle } = read({ 'rules/a.yaml': `- id: UPPER\n  when: x\n  then: { score: 1 }\n${RULES}` });
    expect(bundle!.rules.map(({ id }) => id)).toEqual(['large']);
  });

  it('the model keeps its places', () => {
    const { bundle } = read();
    const span = bundle!.model!.spanOf('/properties/country/enum/1');
    expect(MODEL.slice(span.start, span.end)).toBe('GB');
    expect(bundle!.model!.spanOf('/properties/nothing').start).toBe(MODEL.indexOf('amount: {'));
  });
});
