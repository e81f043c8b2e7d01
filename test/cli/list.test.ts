// Lists on the command line: built, given to a bundle, and put on a server.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '#src/server/server.js';
import { AMOUNTS, isBlocked, listBundle, LIST_TENANT as TENANT } from '../lib/list-bundle.js';
import { runCli, runJson } from './run-cli.js';

let folder: string;
let server: Server;
const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verdict-cli-list-'));
  const write = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(file(path)), { recursive: true });
    writeFileSync(file(path), content);
  };
  for (const [path, bytes] of listBundle({ files: { ...AMOUNTS, 'lists/blocked.txt': 'a@x\n' } })) write(`bundle/${path}`, bytes);
  write('rows.ndjson', '{"email":"a@x","amount":5}\n{"email":"b@x","amount":19.9}\n');
  write('amounts.txt', '5\n19.90\n5.00\n');
  write('amounts.csv', 'amount,why\n5,x\n19.90,y\n');
  write('bad.txt', '5\nx\n');
  write('others.txt', 'b@x\nc@x\n');
  server = await startServer({ port: 0, poolThreads: 0, profileMax: 'standard' });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const evaluate = (...args: string[]) => ['eval', file('bundle'), '-i', file('rows.ndjson'), ...args];
const remote = (...args: string[]) => ['list', ...args, '--server', server.url, '--tenant', TENANT];

describe('a bundle is opened', () => {
  interface Summary {
    score?: { min: number; max: number };
    error?: { code: string };
  }
  const cases: [string, string[], number, Summary][] = [
    ['not without the entries of a list', [], 1, { error: { code: 'LIST_MISSING' } }],
    ['with entries beside its own', ['--list', 'amounts=amounts.txt'], 0, { score: { min: 1, max: 11 } }],
    ['with CSV', ['--list', 'amounts=amounts.csv'], 0, { score: { min: 1, max: 11 } }],
    ['with a region', ['--list', 'amounts=amounts.list'], 0, { score: { min: 1, max: 11 } }],
    [
      'with others in the place of its own',
      ['--list', 'amounts=amounts.txt', '--list', 'blocked=others.txt'],
      0,
      { score: { min: 1, max: 11 } },
    ],
    ['not with an entry that is none', ['--list', 'amounts=bad.txt'], 1, { error: { code: 'INVALID_LIST' } }],
    ['not with a list that it does not declare', ['--list', 'nothing=amounts.txt'], 2, { error: { code: 'USAGE' } }],
    ['not with a file that is not there', ['--list', 'amounts=nowhere.txt'], 2, { error: { code: 'USAGE' } }],
  ];
  it.each(cases)('%s', async (_, args, code, expected) => {
    await runCli(['list', 'build', file('amounts.txt'), '--type', 'decimal(2)', '-o', file('amounts.list')]);
    const result = await runJson<Summary>(evaluate(...args), { cwd: folder });
    expect(result.code).toBe(code);
    expect(result.json).toMatchObject(expected);
  });

  it('and explained', async () => {
    const args = ['explain', file('bundle'), '-p', '{"email":"a@x","amount":6}', '--list', `amounts=${file('amounts.txt')}`];
    const { json } = await runJson<{ rules: { id: string; hit: boolean }[] }>(args);
    expect(json.rules.map(({ id, hit }) => [id, hit])).toEqual([
      ['blocked', true],
      ['odd', false],
    ]);
  });
});

describe('verdict list', () => {
  it('builds a region that says what it is', async () => {
    const { code, json } = await runJson(['list', 'build', 'amounts.csv', '--type', 'decimal(2)', '-o', 'csv.list'], {
      cwd: folder,
    });
    expect([code, json]).toEqual([
      0,
      { ok: true, file: 'csv.list', type: 'decimal(2)', version: expect.stringMatching(/^[0-9a-f]{16}$/), count: 2, bytes: 96 },
    ]);
  });

  const refused: [string, string[], number][] = [
    ['a line that is no entry', ['build', 'bad.txt', '--type', 'number'], 1],
    ['a type that is none', ['build', 'amounts.txt', '--type', 'text'], 2],
    ['a region again', ['build', 'csv.list'], 2],
    ['no action', ['nothing'], 2],
    ['too few arguments', ['put', 'blocked'], 2],
    ['no tenant', ['ls'], 2],
    ['a name that is none', ['show', 'a-b', '--tenant', TENANT], 2],
  ];
  it.each(refused)('refuses %s', async (_, args, code) => {
    expect((await runCli(['list', ...args], { cwd: folder })).code).toBe(code);
  });

  it('puts, shows and removes lists on a server', async () => {
    const code = async (...args: string[]): Promise<number | null> => (await runCli(remote(...args), { cwd: folder })).code;
    expect(await code('put', 'blocked', 'others.txt')).toBe(0);
    expect(await code('put', 'amounts', 'amounts.list')).toBe(1);
    expect(await code('put', 'amounts', 'amounts.list', '--type', 'decimal(2)')).toBe(0);
    await server.engine.publish(TENANT, listBundle({ files: AMOUNTS }));
    expect((await isBlocked(server.engine, 'c@x')).hit).toBe(true);
    const shown = await runJson<{ answer: object }>(remote('show', 'amounts'));
    expect(shown.json.answer).toMatchObject({ name: 'amounts', type: 'decimal(2)', count: 2, bundles: ['mails'] });
    const all = await runJson<{ answer: { lists: { name: string }[] } }>(remote('ls'));
    expect(all.json.answer.lists.map(({ name }) => name)).toEqual(['amounts', 'blocked']);
    expect(await code('rm', 'blocked')).toBe(1);
    expect(await code('put', 'spare', 'others.txt')).toBe(0);
    expect(await code('rm', 'spare')).toBe(0);
    expect(await code('show', 'spare')).toBe(1);
  });
});
