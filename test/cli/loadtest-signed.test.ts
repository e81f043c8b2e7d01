// Load tests of a server that takes signed requests only.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadReport } from '#src/loadtest/report.js';
import { type Server, startServer } from '#src/server/server.js';
import { bundleFiles, TENANT } from '../lib/server.js';
import { makeTempDir, runProcess } from './run-cli.js';

const { dir, remove } = makeTempDir();
const at = (name: string): string => join(dir, name);
const SECRET = Buffer.alloc(32, 'k').toString('base64');
const OTHER = Buffer.alloc(32, 'o').toString('base64');
const key = (secret: string) => ({ tenant: TENANT, secret, scopes: ['decide', 'metrics'] });

let server: Server;
beforeAll(async () => {
  writeFileSync(at('hmac.json'), JSON.stringify({ team: key(SECRET) }));
  writeFileSync(at('keys.json'), JSON.stringify({ other: key(OTHER), team: key(SECRET) }));
  writeFileSync(at('wrong.json'), JSON.stringify({ team: key(OTHER) }));
  writeFileSync(at('short.json'), JSON.stringify({ team: key('c2hvcnQ=') }));
  writeFileSync(at('token'), 'abc');
  server = await startServer({ port: 0, auth: { hmacKeys: at('hmac.json') } });
  await server.engine.publish(TENANT, bundleFiles());
  for (const [path, bytes] of bundleFiles()) {
    mkdirSync(join(dir, 'bundle', path, '..'), { recursive: true });
    writeFileSync(join(dir, 'bundle', path), bytes);
  }
});
afterAll(async () => {
  await server.stop();
  remove();
});

const load = (flags: string[], env: Record<string, string> = {}): ReturnType<typeof runProcess> => {
  const target = ['--target', `127.0.0.1:${server.port}`, '--tenant', TENANT, '--seconds', '0.5', '--rate', '100', '-c', '3'];
  return runProcess(['loadtest', 'bundle', ...target, '--distinct', '10', '--json', ...flags], { cwd: dir, env });
};

describe('a load test with signed requests', () => {
  it.each<[string, string[], Record<string, string>]>([
    ['ws', ['--hmac-key-file', 'hmac.json', '--html', 'report.html'], {}],
    ['http', ['--hmac-key-file', 'keys.json', '--hmac-key-id', 'team', '--html', 'report.html'], {}],
    ['ws', ['--processes', '2', '--html', 'report.html'], { VERDICT_HMAC_KEY: `team:${SECRET}` }],
  ])('over %s with %j has every answer, and no secret in its report', async (protocol, flags, env) => {
    const { stdout, stderr, code } = await load([...flags, '--protocol', protocol], env);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    const report = JSON.parse(stdout) as LoadReport;
    expect(report.runs[0]!.tally).toMatchObject({ answered: 50, failed: 0, unanswered: 0, opened: 3, refused: 0 });
    expect(report.runs[0]!.metrics?.length).toBeGreaterThan(0);
    for (const text of [stdout, stderr, readFileSync(at('report.html'), 'utf8')])
      for (const secret of [SECRET, Buffer.alloc(32, 'k').toString(), 'signature=']) expect(text.includes(secret)).toBe(false);
  });

  it.each<[string[], number, string]>([
    [['--hmac-key-file', 'wrong.json'], 1, 'UNAUTHENTICATED'],
    [[], 1, 'UNAUTHENTICATED'],
    [['--hmac-key-file', 'keys.json'], 2, 'has 2 keys'],
    [['--hmac-key-file', 'keys.json', '--hmac-key-id', 'nobody'], 2, 'has no key nobody'],
    [['--hmac-key-file', 'short.json'], 2, 'less than 32 bytes'],
    [['--hmac-key-file', 'token'], 2, 'token is not JSON'],
    [['--hmac-key-file', 'hmac.json', '--token-file', 'token'], 2, 'exclude each other'],
    [['--hmac-key-id', 'team'], 2, '--hmac-key-id is for --hmac-key-file'],
  ])('%j ends with %i: %s', async (flags, expected, said) => {
    const { stdout, stderr, code } = await load(flags);
    expect([code, `${stdout}${stderr}`]).toEqual([expected, expect.stringContaining(said)]);
    for (const secret of [SECRET, OTHER]) expect(`${stdout}${stderr}`.includes(secret)).toBe(false);
  });

  it('says nothing of a variable that is no key', async () => {
    const { stdout, stderr, code } = await load([], { VERDICT_HMAC_KEY: SECRET });
    expect([code, `${stdout}${stderr}`]).toEqual([2, expect.stringContaining('VERDICT_HMAC_KEY')]);
    expect(`${stdout}${stderr}`.includes(SECRET)).toBe(false);
  });
});
