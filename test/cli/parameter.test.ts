// Parameters on the command line: given to a bundle and its tests, and set on a server.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine } from '#src/engine.js';
import type { RuleSet } from '#src/ruleset.js';
import { type Server, startServer } from '#src/server/server.js';
import { PARAMETER_PAYLOAD as PAYLOAD, parameterBundle, PARAMETER_TENANT as TENANT } from '../lib/parameter-bundle.js';
import { ROOT, runCli, runJson } from './run-cli.js';

const NODE_EXAMPLE = join(ROOT, 'examples/embed/node.mjs');

let folder: string;
let server: Server;
const file = (name: string): string => join(folder, name);

const TESTS = `- name: the defaults
  payload: ${JSON.stringify(PAYLOAD)}
  expect: { score: 27 }
- name: a higher threshold
  parameters: { limits: { reviewAbove: 600, riskMax: 1 } }
  payload: ${JSON.stringify(PAYLOAD)}
  expect: { score: 24 }
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verdict-cli-parameter-'));
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(file(path)), { recursive: true });
    writeFileSync(file(path), content);
  };
  for (const [path, bytes] of parameterBundle({ files: { 'tests/all.yaml': TESTS } })) write(`bundle/${path}`, bytes);
  write('rows.ndjson', `${JSON.stringify(PAYLOAD)}\n`);
  server = await startServer({ port: 0, poolThreads: 0, profileMax: 'standard' });
  await server.engine.publish(TENANT, parameterBundle());
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** The bundle in the library. */
async function openLibrary(): Promise<{ ruleSet: RuleSet; close: () => Promise<void> }> {
  const engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
  const ruleSet = await engine.load(compile(parameterBundle(), { profileMax: 'standard' }).image!);
  return { ruleSet, close: () => engine.close() };
}

const remote = (...args: string[]) => ['parameter', ...args, '--server', server.url, '--tenant', TENANT];

describe('a bundle is opened', () => {
  const cases: [string, string[], number, object][] = [
    ['with its defaults', [], 0, { score: { max: 27 } }],
    ['with others', ['--parameter', 'limits.reviewAbove=600', '--parameter', 'limits.domain='], 0, { score: { max: 26 } }],
    ['not with a value outside of its bounds', ['--parameter', 'limits.riskMax=2'], 2, { error: { code: 'USAGE' } }],
    ['not with a name that it does not declare', ['--parameter', 'limits.x=2'], 2, { error: { code: 'USAGE' } }],
    ['not with a set that it does not declare', ['--parameter', 'other.x=2'], 2, { error: { code: 'USAGE' } }],
  ];
  it.each(cases)('%s', async (_, args, code, expected) => {
    const result = await runJson(['eval', file('bundle'), '-i', file('rows.ndjson'), ...args], { cwd: folder });
    expect(result.code).toBe(code);
    expect(result.json).toMatchObject(expected);
  });

  it.each(['limits.riskMax', 'riskMax=1', 'a.b.c=1', '=1'])('not with what is no assignment: %s', async (text) => {
    const { code, stderr } = await runCli(['eval', file('bundle'), '-i', file('rows.ndjson'), '--parameter', text]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('set.name=value')]);
  });

  it('and becomes a module, with its defaults or with others', async () => {
    const { ruleSet, close } = await openLibrary();
    const text = JSON.stringify(PAYLOAD);
    const decide = (module: string, ...flags: string[]): string =>
      execFileSync(process.execPath, [NODE_EXAMPLE, file(module), '--hex', '--now=0', ...flags], { input: `${text}\n` })
        .toString()
        .trim();
    const expected = (): string => Buffer.from(ruleSet.decideBytes(text, { now: 0n })).toString('hex');
    expect((await runJson(['export', file('bundle'), '-o', file('default.wasm')])).code).toBe(0);
    expect(decide('default.wasm')).toBe(expected());
    const values = ['limits.reviewAbove=600', 'limits.domain=@other.example', 'limits.channel=app'];
    ruleSet.setParameters({ limits: { reviewAbove: 600, domain: '@other.example', channel: 'app' } });
    const given = values.flatMap((value) => ['--parameter', value]);
    expect((await runJson(['export', file('bundle'), ...given, '-o', file('given.wasm')])).code).toBe(0);
    expect(decide('given.wasm')).toBe(expected());
    const built = await runJson(['parameter', 'build', file('bundle'), ...values, '-o', file('values.bin')]);
    expect(built).toMatchObject({ code: 0, json: { ok: true, count: 6, bytes: statSync(file('values.bin')).size } });
    expect(decide('default.wasm', `--parameters=${file('values.bin')}`)).toBe(expected());
    await close();
    for (const args of [
      ['parameter', 'build', file('bundle'), 'limits.riskMax=2'],
      ['export', file('bundle'), '--parameter', 'a.b=1'],
    ]) {
      expect((await runJson([...args, '-o', file('none')])).code).not.toBe(0);
    }
    expect(existsSync(file('none'))).toBe(false);
  });

  it('and its tests set their own', async () => {
    expect((await runJson(['test', file('bundle')])).json).toMatchObject({ ok: true, passed: 2 });
    const other = await runJson(['test', file('bundle'), '--parameter', 'limits.isOpen=false']);
    expect(other.json).toMatchObject({ passed: 1, failed: 1, tests: [{ passed: false }, { passed: true }] });
  });
});

describe('on a server', () => {
  it('values are set, shown, and taken back', async () => {
    const set = await runJson(remote('set', 'limits', 'riskMax=0.95', 'isOpen=false'));
    expect(set).toMatchObject({ code: 0, json: { ok: true, status: 201, answer: { values: { riskMax: 0.95, isOpen: false } } } });
    expect((await runJson(remote('set', 'limits', 'domain=a=b'))).json).toMatchObject({
      answer: { values: { domain: 'a=b', isOpen: false, riskMax: 0.95 } },
    });
    expect((await runJson(remote('unset', 'limits', 'isOpen', 'domain'))).json).toMatchObject({
      answer: { values: { riskMax: 0.95 } },
    });
    const replaced = await runJson(remote('set', 'limits', '--replace', 'reviewAbove=1'));
    expect(replaced.json).toMatchObject({ answer: { values: { reviewAbove: '1.00' } } });
    expect((await runJson(remote('rollback', 'limits'))).json).toMatchObject({ answer: { values: { riskMax: 0.95 } } });
    expect((await runCli(remote('get', 'limits'))).stdout).toMatch(/riskMax +0\.95 +number +0\.8 +>= 0, <= 1/);
    expect((await runCli(remote('get'))).stdout).toMatch(/limits +[0-9a-f]{16} .*spend/);
    expect((await runCli(remote('history', 'limits'))).stdout.trim().split('\n').length).toBeGreaterThan(5);
  });

  const refused: [string, string[], number][] = [
    ['a value that does not fit', ['set', 'limits', 'riskMax=7'], 1],
    ['a set that is not there', ['get', 'others'], 1],
    ['no action', ['put', 'limits'], 2],
    ['no values', ['set', 'limits'], 2],
    ['no assignment', ['set', 'limits', 'riskMax'], 2],
    ['no name of a set', ['get', 'a-b'], 2],
    ['too much', ['get', 'limits', 'more'], 2],
  ];
  it.each(refused)('refused is %s', async (_, args, code) => expect((await runJson(remote(...args))).code).toBe(code));
});
