import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchJson } from '#src/cli/commands/bench.js';
import type { EvalJson } from '#src/cli/commands/eval.js';
import { renderDecision } from '#src/schema/decision.js';
import { generateTransactions } from '../../examples/card-risk/generator.js';
import { type CliResult, MAIN, makeTempDir, runCli, runJson } from './run-cli.js';

const SEED = 77;
const NOW = '2026-01-01T00:00:00Z';

const BUNDLE: Record<string, string> = {
  'bundle.yaml': `name: small
version: 1.0.0
model: model.schema.yaml
onError: review
decide:
  combine: score
  outcomes: [{ atLeast: 20, outcome: decline }, { atLeast: 10, outcome: review }, { outcome: approve }]
`,
  'model.schema.yaml': `title: Small
type: object
additionalProperties: false
required: [amount]
properties:
  amount: { type: number, multipleOf: 0.01, minimum: 0, maximum: 1000 }
  place:
    type: object
    additionalProperties: false
    properties: { country: { type: string, maxLength: 3 }, abroad: { type: boolean, default: false } }
`,
  'rules/small.yaml': `- id: large
  when: amount >= 100
  then: { score: 10, reason: LARGE }
- id: abroad
  when: place !== null && place.abroad
  then: { score: 10, reason: ABROAD }
`,
};

/** Six good rows and four bad ones, in three formats; the label is not part of the model. */
const CSV = `id,amount,place.country,place.abroad,fraud
1,5.00,DE,no,0
2,100.00,DE,,1
3,99.99,FR,yes,0
4,abc,DE,no,0
5,250,FR,true,1
6,1.005,DE,no,0
7,7,,,1
8,1,DE
9,2000,DE,maybe,0
10,0,"D,E",no,0
11,0,US,f,0
`;
const OBJECTS: { line: number; value: unknown; fraud: unknown }[] = [
  { line: 1, value: { amount: 5, place: { country: 'DE', abroad: false } }, fraud: 0 },
  { line: 2, value: { amount: '100.00', place: { country: 'DE' } }, fraud: 1 },
  { line: 3, value: { amount: 99.99, place: { country: 'FR', abroad: true } }, fraud: 0 },
  { line: 4, value: { amount: 'abc' }, fraud: 0 },
  { line: 5, value: { amount: 250, place: { abroad: true } }, fraud: 1 },
  { line: 6, value: { amount: 1.005 }, fraud: 0 },
  { line: 7, value: { amount: 7, place: null }, fraud: 1 },
  { line: 8, value: { place: { city: 'X' } }, fraud: 0 },
  { line: 9, value: 12, fraud: 0 },
  { line: 10, value: { amount: 0 }, fraud: 0 },
];

let dir: string;
let remove: () => void;
const evaluate = (...args: string[]): Promise<{ code: number | null; json: EvalJson }> =>
  runJson<EvalJson>(['eval', 'b', '--now', NOW, ...args], { cwd: dir });
const lines = (result: CliResult): string[] => result.stdout.trim().split('\n');

beforeAll(() => {
  ({ dir, remove } = makeTempDir());
  mkdirSync(join(dir, 'b/rules'), { recursive: true });
  for (const [path, text] of Object.entries(BUNDLE)) writeFileSync(join(dir, 'b', path), text);
  writeFileSync(join(dir, 'rows.csv'), CSV);
  const labelled = OBJECTS.map(({ value, fraud }) => (typeof value === 'object' ? { ...value, fraud } : value));
  writeFileSync(join(dir, 'rows.ndjson'), `${labelled.map((row) => JSON.stringify(row)).join('\n')}\n{"amount":\n`);
  writeFileSync(join(dir, 'plain.ndjson'), OBJECTS.map(({ value }) => JSON.stringify(value)).join('\r\n'));
  writeFileSync(join(dir, 'rows.json'), JSON.stringify(labelled));
});
afterAll(() => remove());

describe('eval of CSV', () => {
  it('decides the good rows, and names each bad cell with its line', async () => {
    const { code, json } = await evaluate('--input', 'rows.csv', '--label', 'fraud');
    expect(code).toBe(0);
    expect(json).toMatchObject({ rows: 11, decided: 7, invalid: 4, outcomes: { approve: 4, review: 2, decline: 1, none: 0 } });
    expect(json.ignoredColumns).toEqual(['id']);
    expect(json.reasons).toEqual([
      { code: 'ABROAD', count: 2 },
      { code: 'LARGE', count: 2 },
    ]);
    expect(json.score).toEqual({ min: 0, mean: 40 / 7, max: 20 });
    expect(json.invalidRows.map(({ line, errors }) => [line, ...errors.map(({ pointer }) => pointer)])).toEqual([
      [5, '/amount'],
      [7, '/amount'],
      [9, ''],
      [10, '/place/abroad'],
    ]);
    expect(json.invalidRows[3]!.errors[0]!.message).toContain('maybe');
  });

  it('counts against the label as one would by hand', async () => {
    // flagged: rows 2 and 5 (positive), 3 (negative); not flagged: row 7 (positive), 1, 10 and 11 (negative)
    const { json } = await evaluate('--input', 'rows.csv', '--label', 'fraud');
    expect(json.label).toMatchObject({
      confusion: { truePositive: 2, falsePositive: 1, falseNegative: 1, trueNegative: 3 },
      precision: 2 / 3,
      recall: 2 / 3,
      specificity: 3 / 4,
      balancedAccuracy: (2 / 3 + 3 / 4) / 2,
      accuracy: 5 / 7,
      byValue: { 0: { approve: 3, review: 1, decline: 0 }, 1: { approve: 1, review: 1, decline: 1 } },
    });
    const declines = await evaluate('--input', 'rows.csv', '--label', 'fraud', '--flag', 'decline', '--positive', '0');
    expect(declines.json.label).toMatchObject({
      confusion: { truePositive: 0, falsePositive: 1, falseNegative: 4, trueNegative: 2 },
    });
  });

  it('tells people the same', async () => {
    const { code, stdout } = await runCli(['eval', 'b', '--input', 'rows.csv', '--label', 'fraud'], { cwd: dir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^small 1\.0\.0: 11 rows in /);
    expect(stdout).toMatch(/columns that no field takes: id/);
    expect(stdout).toMatch(/decline +1 +14\.3 %\n\(invalid\) +4\n/);
    expect(stdout).toMatch(
      /flagged +2 +1\nnot flagged +1 +3\nprecision 0\.6667 {2}recall 0\.6667 {2}specificity 0\.7500 {2}balanced accuracy 0\.7083/,
    );
    expect(stdout).toMatch(/4 rows could not be decided\n {2}line 5: \/amount: /);
  });

  const refused: [string, string[], number, RegExp][] = [
    ['a label that is no column', ['--label', 'frod'], 2, /no column frod for --label[\s\S]*id, amount/],
    ['more invalid rows than allowed', ['--invalid-max', '3'], 1, /4 rows could not be decided/],
    ['a delimiter that leaves one column', ['--map', 'semicolon.yaml'], 2, /no column of the file is a field/],
    ['a map to a field that is not there', ['--map', 'unknown.yaml'], 2, /`amout` is not a field[\s\S]*amount/],
    ['a map from a column that is not there', ['--map', 'missing.yaml'], 2, /no column Amount, which input\.yaml names/],
  ];
  for (const [name, args, exit, message] of refused) {
    it(`says no to ${name}`, async () => {
      writeFileSync(join(dir, 'semicolon.yaml'), 'format: csv\ndelimiter: ;\n');
      writeFileSync(join(dir, 'unknown.yaml'), 'format: csv\ncolumns: { amout: amount }\n');
      writeFileSync(join(dir, 'missing.yaml'), 'format: csv\ncolumns: { amount: Amount }\n');
      const { code, stdout, stderr } = await runCli(['eval', 'b', '--input', 'rows.csv', ...args], { cwd: dir });
      expect(code).toBe(exit);
      expect(stdout + stderr).toMatch(message);
    });
  }

  it('takes the bundle’s input.yaml, or the one that is given', async () => {
    writeFileSync(join(dir, 'odd.txt'), '7 € |EUR\n150 €|USD\n|EUR\n');
    writeFileSync(
      join(dir, 'odd.yaml'),
      'format: csv\ndelimiter: "|"\nheader: [sum, currency]\ncolumns:\n  amount: { from: sum, strip: "€ " }\n  place.abroad: { from: currency, map: { USD: true, EUR: false } }\n',
    );
    const { json } = await evaluate('--input', 'odd.txt', '--map', 'odd.yaml');
    expect(json).toMatchObject({ rows: 3, decided: 2, outcomes: { approve: 1, review: 0, decline: 1 } });
    expect(json.invalidRows).toMatchObject([{ line: 3, errors: [{ pointer: '/amount' }] }]);
    const unknown = await runCli(['eval', 'b', '--input', 'odd.txt'], { cwd: dir });
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(/format of odd\.txt is not known[\s\S]*--format/) });
  });

  it('reads names, quotes and line ends of all kinds', async () => {
    writeFileSync(join(dir, 'crlf.csv'), '\ufeffamount,"place.country"\r\n"1.00","A\r\nB"\r\n\r\n2.00,"""C"\r\n3.00,DE\r\n');
    const { json } = await evaluate('--input', 'crlf.csv');
    expect(json).toMatchObject({ rows: 3, decided: 2 });
    // the text with a line end in it is too long for the field
    expect(json.invalidRows).toMatchObject([{ errors: [{ pointer: '/place/country' }] }]);
  });

  it('keeps its place around a quote that stands wrong, and says no to one that is open to the end', async () => {
    writeFileSync(join(dir, 'stray.csv'), 'amount\n1.00\n2"00\n3.00\n');
    const { json } = await evaluate('--input', 'stray.csv');
    expect(json).toMatchObject({ rows: 3, decided: 2, invalidRows: [{ line: 3, errors: [{ pointer: '' }] }] });
    writeFileSync(join(dir, 'open.csv'), 'amount\n1.00\n"2.00\n3.00\n');
    const { code, stderr } = await runCli(['eval', 'b', '--input', 'open.csv'], { cwd: dir });
    expect(code).toBe(1);
    expect(stderr).toMatch(/Quote Not Closed[\s\S]*delimiter and the quote/);
  });

  it('decides no text that the file does not have', async () => {
    writeFileSync(join(dir, 'latin.csv'), Buffer.from('amount,place.country\n1,\xfc\n2,DE\n3,\xfc\n', 'latin1'));
    const { json } = await evaluate('--input', 'latin.csv');
    expect(json).toMatchObject({ rows: 3, decided: 1 });
    const errors = [{ pointer: '', message: 'is not UTF-8' }];
    expect(json.invalidRows).toEqual([
      { line: 2, errors },
      { line: 4, errors },
    ]);
    // the same character is good where it is written as it should be
    writeFileSync(join(dir, 'replaced.csv'), 'amount,place.country\n1,\ufffd\n');
    expect((await evaluate('--input', 'replaced.csv')).json).toMatchObject({ rows: 1, decided: 1 });
    writeFileSync(join(dir, 'wide.csv'), Buffer.from('\ufeffamount,place.country\n1,\u00fc\n', 'utf16le'));
    expect((await evaluate('--input', 'wide.csv')).json).toMatchObject({ rows: 1, decided: 1 });
  });

  it('answers for an empty file, and for one of headings only', async () => {
    writeFileSync(join(dir, 'empty.csv'), '');
    writeFileSync(join(dir, 'headings.csv'), 'amount\n');
    for (const file of ['empty.csv', 'headings.csv']) {
      expect(await evaluate('--input', file)).toMatchObject({ code: 0, json: { ok: true, rows: 0, score: { mean: null } } });
    }
  });
});

describe('eval of JSON', () => {
  for (const [file, rows, extra] of [
    ['rows.ndjson', 11, [[11, '/amount']]],
    ['rows.json', 10, []],
    ['plain.ndjson', 10, []],
  ] as const) {
    it(`decides ${file} with line and pointer of what does not fit`, async () => {
      const label = file === 'plain.ndjson' ? [] : ['--label', 'fraud'];
      const { code, json } = await evaluate('--input', file, ...label);
      expect(code).toBe(0);
      expect(json).toMatchObject({ rows, decided: 6, outcomes: { approve: 3, review: 2, decline: 1 } });
      const places = json.invalidRows.map(({ line, errors }) => [line, ...errors.map(({ pointer }) => pointer).sort()]);
      const expected = [[4, '/amount'], [6, '/amount'], [8, '/amount', '/place/city'], [9, ''], ...extra];
      expect(places).toEqual(file === 'rows.json' ? expected.map(([, ...pointers]) => [1, ...pointers]) : expected);
    });
  }

  it('keeps a label in the payload where it is a field of the model too', async () => {
    const rows = [{ amount: 100 }, { amount: 5 }];
    writeFileSync(join(dir, 'amounts.ndjson'), rows.map((row) => JSON.stringify(row)).join('\n'));
    writeFileSync(join(dir, 'amounts.json'), JSON.stringify(rows));
    writeFileSync(join(dir, 'amounts.csv'), 'amount\n100\n5\n');
    for (const file of ['amounts.ndjson', 'amounts.json', 'amounts.csv']) {
      const { json } = await evaluate('--input', file, '--label', 'amount', '--positive', '100');
      expect(json).toMatchObject({ decided: 2, label: { confusion: { truePositive: 1, trueNegative: 1 } } });
    }
  });

  it('decides no text that the file does not have', async () => {
    const row = Buffer.from('{"amount":1,"place":{"country":"\xfc"}}', 'latin1');
    writeFileSync(join(dir, 'latin.ndjson'), Buffer.concat([row, Buffer.from('\n{"amount":1}\n')]));
    const { json } = await evaluate('--input', 'latin.ndjson');
    expect(json).toMatchObject({ decided: 1, invalidRows: [{ line: 1, errors: [{ pointer: '', message: 'is not UTF-8' }] }] });
  });

  it('reads standard input', async () => {
    const input = readFileSync(join(dir, 'plain.ndjson'), 'utf8');
    const { code, stdout } = await runCli(['eval', 'b', '--input', '-', '--format', 'ndjson', '--json'], { cwd: dir, input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 10, decided: 6 });
    expect(await runCli(['eval', 'b', '--input', '-'], { cwd: dir })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--format'),
    });
  });

  for (const [text, message] of [
    ['12', /not a JSON array[\s\S]*ndjson/],
    ['[{"amount":1}', /ends inside its array/],
  ] as const) {
    it(`refuses a file of ${text}`, async () => {
      writeFileSync(join(dir, 'x.json'), text);
      const { code, stderr } = await runCli(['eval', 'b', '--input', 'x.json'], { cwd: dir });
      expect(code).toBe(1);
      expect(stderr).toMatch(message);
    });
  }

  it('answers no where nothing could be decided', async () => {
    writeFileSync(join(dir, 'bad.ndjson'), '{}\n{}\n');
    expect(await evaluate('--input', 'bad.ndjson')).toMatchObject({
      code: 1,
      json: { ok: false, rows: 2, decided: 0, invalid: 2 },
    });
  });
});

describe('decisions of eval', () => {
  it('come one a row, in order, with the summary on standard error', async () => {
    const result = await runCli(['eval', 'b', '--input', 'rows.csv', '--output', '-'], { cwd: dir });
    expect(result.code).toBe(0);
    const decisions = lines(result).map(
      (line) => JSON.parse(line) as { status: string; outcome: string; reasons: { code: string }[] },
    );
    expect(decisions.map(({ status }) => status === 'OK')).toEqual([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1].map(Boolean));
    expect(decisions.map(({ outcome }) => outcome[0]).join('')).toBe('arrrdrarraa');
    expect(decisions[4]!.reasons.map(({ code }) => code)).toEqual(['LARGE', 'ABROAD']);
    expect(result.stderr).toMatch(/^small 1\.0\.0: 11 rows/);
  });

  it('are the same in every format', async () => {
    for (const format of ['ndjson', 'csv', 'flatbuffers']) {
      const args = ['eval', 'b', '--input', 'rows.csv', '--output', `out.${format}`, '--decisions', format];
      expect((await runCli(args, { cwd: dir })).code).toBe(0);
    }
    const ndjson = readFileSync(join(dir, 'out.ndjson'), 'utf8').trim().split('\n');
    const bytes = new Uint8Array(readFileSync(join(dir, 'out.flatbuffers')));
    const rendered: string[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = new DataView(bytes.buffer).getUint32(at, true);
      rendered.push(renderDecision(bytes.slice(at + 4, at + 4 + length)));
      at += 4 + length;
    }
    expect(rendered).toEqual(ndjson);
    const csv = readFileSync(join(dir, 'out.csv'), 'utf8').trim().split('\n');
    expect(csv.slice(0, 6)).toEqual([
      'line,status,outcome,score,reasons,rules',
      '2,OK,approve,0,,',
      '3,OK,review,10,LARGE,large',
      '4,OK,review,10,ABROAD,abroad',
      '5,INVALID_PAYLOAD,review,0,,',
      '6,OK,decline,20,LARGE ABROAD,large abroad',
    ]);
  });

  it('stop quietly where the reader has gone', async () => {
    const many = `amount\n${'1.00\n'.repeat(200_000)}`;
    writeFileSync(join(dir, 'many.csv'), many);
    const shell = `"${process.execPath}" "${MAIN}" eval b --input many.csv --output - | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout } = spawnSync('bash', ['-c', shell], { cwd: dir, encoding: 'utf8' });
    expect(stdout.trim().split('\n')).toEqual([expect.stringContaining('"outcome":"approve"'), '0']);
  });

  it(`do not depend on how the rows came (seed ${SEED})`, async () => {
    const rows = [...generateTransactions({ seed: SEED, customers: 300, terminals: 100, count: 2000 })];
    writeFileSync(join(dir, 'g.ndjson'), rows.map(({ payload }) => JSON.stringify(payload)).join('\n'));
    writeFileSync(join(dir, 'g.json'), JSON.stringify(rows.map(({ payload }) => payload)));
    const results: CliResult[] = [];
    for (const file of ['g.ndjson', 'g.json']) {
      results.push(await runCli(['eval', join(process.cwd(), 'examples/card-risk'), '-i', file, '-o', '-'], { cwd: dir }));
    }
    const [ndjson, json] = results as [CliResult, CliResult];
    expect(ndjson.stdout.split('\n').length).toBe(2001);
    expect(json.stdout).toBe(ndjson.stdout);
  });
});

describe('bench', () => {
  it('measures three forms that decide alike', async () => {
    const { code, json } = await runJson<BenchJson>(['bench', 'b', '--generated', '--seconds', '0.05', '--seed', '3'], {
      cwd: dir,
    });
    expect(code).toBe(0);
    expect(json).toMatchObject({
      ok: true,
      bundle: 'small',
      rules: 2,
      payloads: { source: 'generated', distinct: 65_536, pool: 65_536, seed: 3 },
    });
    expect(json.forms.map(({ form }) => form)).toEqual(['object', 'json', 'flatbuffers']);
    for (const { nsMin, nsMedian, nsP99, decisionsPerSecond } of json.forms) {
      expect(nsMin).toBeGreaterThan(0);
      expect(nsMedian).toBeGreaterThanOrEqual(nsMin);
      expect(nsP99).toBeGreaterThanOrEqual(nsMedian);
      expect(Math.abs(decisionsPerSecond * nsMedian - 1e9)).toBeLessThan(2e7);
    }
    expect(json.checksum).toBeGreaterThan(0);
  });

  it('takes the rows of a file that fit', async () => {
    const args = ['bench', 'b', '--input', 'rows.csv', '--label', 'fraud', '--seconds', '0.02'];
    const { code, stdout } = await runCli(args, { cwd: dir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/65,536 payloads \(7 distinct, rows\.csv\)/);
    expect(stdout).not.toContain('WRONG');
    expect(await runCli(['bench', 'b', '--input', 'bad.ndjson'], { cwd: dir })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no row of bad\.ndjson fits/),
    });
  });
});
