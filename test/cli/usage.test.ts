import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempDir, runCli, runJson, runProcess } from './run-cli.js';

const COMMANDS = ['init', 'check', 'compile', 'test', 'eval', 'explain', 'bench', 'serve', 'publish'];
const SAMPLE = 'examples/credit';

interface UsageCase {
  argv: string;
  code: number;
  stdout?: RegExp;
  stderr?: RegExp;
}

const CASES: UsageCase[] = [
  { argv: '--help', code: 0, stdout: /Usage: verdict/ },
  { argv: '--version', code: 0, stdout: /^\d+\.\d+\.\d+\n$/ },
  { argv: '', code: 2, stderr: /Usage: verdict/ },
  { argv: 'chek', code: 2, stderr: /unknown command 'chek'[\s\S]*Did you mean check/ },
  { argv: 'check', code: 2, stderr: /missing required argument 'bundle'/ },
  { argv: 'check a b', code: 2, stderr: /too many arguments/ },
  { argv: 'check --jason x', code: 2, stderr: /unknown option '--jason'/ },
  { argv: 'check no-such-dir', code: 2, stderr: /cannot read no-such-dir: there is no such file[\s\S]*verdict init/ },
  { argv: 'check package.json', code: 1, stderr: /The body is not a bundle[\s\S]*.tar.gz/ },
  { argv: 'check LICENSE', code: 2, stderr: /LICENSE is not a bundle/ },
  { argv: 'check . --cost-max 0', code: 2, stderr: /Give an integer of at least 1/ },
  { argv: `check ${SAMPLE} --cost-max 10`, code: 1, stdout: /error V5\d{3}/ },
  {
    argv: `init ${SAMPLE}`,
    code: 1,
    stdout: /^$/,
    stderr: /holds bundle\.yaml, model\.lock\.json already[\s\S]*another directory/,
  },
  { argv: 'compile no-such-dir', code: 2, stderr: /no-such-dir/ },
  { argv: 'test no-such-dir', code: 2, stderr: /no-such-dir/ },
  { argv: `test ${SAMPLE} --coverage-min 101`, code: 2, stderr: /Give a number from 0 to 100/ },
  { argv: `test ${SAMPLE} --filter no-such-test`, code: 1, stderr: /no test has a name that contains it[\s\S]*there are "/ },
  { argv: `eval ${SAMPLE}`, code: 2, stderr: /required option '-i, --input <file>'/ },
  { argv: `eval ${SAMPLE} --input no-such.csv`, code: 2, stderr: /there is no file no-such\.csv/ },
  { argv: `eval ${SAMPLE} --input src`, code: 2, stderr: /src is a directory|format of src is not known/ },
  { argv: `eval ${SAMPLE} --input x.csv --flag maybe`, code: 2, stderr: /maybe is not an outcome/ },
  { argv: `eval ${SAMPLE} --input x.csv --now yesterday`, code: 2, stderr: /yesterday is not a timestamp/ },
  { argv: `eval ${SAMPLE} --input x.csv --format xml`, code: 2, stderr: /Allowed choices are csv, ndjson, json/ },
  { argv: `eval ${SAMPLE} --input x.csv --map no-such.yaml`, code: 2, stderr: /cannot read no-such\.yaml/ },
  { argv: `explain ${SAMPLE}`, code: 2, stderr: /required option '-p, --payload <payload>'/ },
  { argv: `explain ${SAMPLE} --payload no-such.json`, code: 2, stderr: /cannot read no-such\.json/ },
  { argv: `explain ${SAMPLE} --payload {}`, code: 1, stderr: /does not fit the model[\s\S]*\/checkingAccount/ },
  { argv: `explain ${SAMPLE} --payload {`, code: 1, stderr: /not JSON/ },
  { argv: `bench ${SAMPLE}`, code: 2, stderr: /either --input <file> or --generated/ },
  { argv: `bench ${SAMPLE} --generated --input x.csv`, code: 2, stderr: /either --input <file> or --generated/ },
  { argv: 'serve --port 70000', code: 2, stderr: /Give an integer from 0 to 65535/ },
  { argv: 'serve --memory --data-dir x', code: 2, stderr: /--memory keeps nothing[\s\S]*leave one of them out/ },
  { argv: 'serve --memory --port 0 --idle-seconds-max 5', code: 2, stderr: /idleSecondsMax/ },
  { argv: `publish ${SAMPLE}`, code: 2, stderr: /required option '--tenant <tenant>'/ },
  { argv: `publish ${SAMPLE} --tenant A`, code: 2, stderr: /A is not a name/ },
  { argv: `publish ${SAMPLE} --tenant a --server ::`, code: 2, stderr: /:: is not an address/ },
  { argv: `publish ${SAMPLE} --tenant a --server http://127.0.0.1:9`, code: 1, stderr: /does not answer[\s\S]*verdict serve/ },
];

describe('the command line', () => {
  for (const { argv, code, stdout, stderr } of CASES) {
    it(`verdict ${argv} ends with ${code}`, async () => {
      const result = await runCli(argv === '' ? [] : argv.split(' '));
      expect(result, result.stderr + result.stdout).toMatchObject({ code });
      if (stdout) expect(result.stdout).toMatch(stdout);
      if (stderr) expect(result.stderr).toMatch(stderr);
      // neither a stack nor a colour reaches someone who is not at a terminal
      expect(result.stderr + result.stdout).not.toContain('\u001b[');
      expect(result.stderr).not.toMatch(/\n {4}at /);
    });
  }

  for (const command of COMMANDS) {
    it(`verdict ${command} --help says what it does`, async () => {
      const { code, stdout } = await runCli([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: verdict ${command}`);
      for (const option of ['--json', '--config', '--print-config']) expect(stdout).toContain(option);
      expect(stdout).toContain('VERDICT_JSON');
    });
  }
});

// All other tests of commands run them in a process that runs many (cli-host.mjs): what they say of it holds of these too.
describe('a process of its own', () => {
  const APPLICANT = JSON.stringify({ checkingAccount: 'none' });
  const cases: { argv: string; input?: string }[] = [
    { argv: '--version' },
    { argv: 'check --help' },
    { argv: 'chek' },
    { argv: 'chek --json' },
    { argv: `check ${SAMPLE}` },
    { argv: `test ${SAMPLE}` },
    { argv: `explain ${SAMPLE} --payload -`, input: APPLICANT },
    { argv: `explain ${SAMPLE} --payload {` },
    { argv: `compile ${SAMPLE} --output no-such-dir/x/y.image --cost-max 10` },
    { argv: `publish ${SAMPLE} --tenant a --server http://127.0.0.1:9` },
  ];
  // How long it took is not the same twice.
  const plain = (text: string): string => text.replace(/\d+(\.\d+)? (ms|s)\b/g, '<time>');
  it.each(cases)('ends as verdict $argv does beside others, and says the same', async ({ argv, input }) => {
    const options = input === undefined ? {} : { input };
    const own = await runProcess(argv.split(' '), options);
    const shared = await runCli(argv.split(' '), options);
    expect(own.stdout + own.stderr).not.toBe('');
    for (const result of [own, shared]) {
      result.stdout = plain(result.stdout);
      result.stderr = plain(result.stderr);
    }
    expect(shared).toEqual(own);
  });
});

describe('errors in JSON', () => {
  let dir: string;
  let remove: () => void;
  beforeAll(() => {
    ({ dir, remove } = makeTempDir());
    writeFileSync(join(dir, 'bundle.yaml'), 'name: X\n');
  });
  afterAll(() => remove());

  const cases: [string[], number, string][] = [
    [['check', 'no-such-dir'], 2, 'USAGE'],
    [['check'], 2, 'USAGE'],
    [['chek'], 2, 'USAGE'],
    [['check', SAMPLE, '--cost-max', '0'], 2, 'USAGE'],
    [['explain', SAMPLE, '--payload', '{}'], 1, 'INVALID_PAYLOAD'],
    [['explain', SAMPLE, '--payload', '{'], 1, 'INVALID_JSON'],
    [['publish', SAMPLE, '--tenant', 'a', '--server', 'http://127.0.0.1:9'], 1, 'NETWORK'],
  ];
  for (const [argv, code, error] of cases) {
    it(`verdict ${argv.join(' ')} names ${error}`, async () => {
      const result = await runJson<{ ok: boolean; error: { code: string; message: string } }>(argv);
      expect(result).toMatchObject({ code, json: { ok: false, error: { code: error } } });
      expect(result.json.error.message).not.toBe('');
    });
  }

  it('carry the diagnostics of a bundle that does not compile', async () => {
    for (const command of [
      ['compile'],
      ['test'],
      ['eval', '--input', 'x.csv'],
      ['explain', '--payload', '{}'],
      ['bench', '--generated'],
    ]) {
      const { code, json } = await runJson<{
        ok: boolean;
        error: { code: string };
        diagnostics: { code: string; file: string; line: number }[];
      }>([command[0]!, dir, ...command.slice(1)]);
      expect(code).toBe(1);
      expect(json).toMatchObject({ ok: false, error: { code: 'INVALID_BUNDLE' } });
      expect(json.diagnostics.length).toBeGreaterThan(0);
      expect(json.diagnostics[0]).toMatchObject({
        code: expect.stringMatching(/^V\d{4}$/),
        file: 'bundle.yaml',
        line: expect.any(Number),
      });
    }
  });
});
