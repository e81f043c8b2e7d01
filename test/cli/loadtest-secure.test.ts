// Load tests of a server that speaks TLS, asks for certificates and wants to know who calls.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadReport } from '#src/loadtest/report.js';
import { type Server, startServer } from '#src/server/server.js';
import { Certificates } from '../lib/certificates.js';
import { bundleFiles, TENANT } from '../lib/server.js';
import { makeTempDir, runProcess } from './run-cli.js';

const { dir, remove } = makeTempDir();
const at = (name: string): string => join(dir, name);
const certificates = new Certificates(dir);

let server: Server;
let token: string;
afterAll(async () => {
  await server?.stop();
  remove();
});

describe.skipIf(!certificates.canBeMade)('a server with TLS and authentication (skipped where openssl is not installed)', () => {
  beforeAll(async () => {
    for (const name of ['ca', 'other-ca']) certificates.makeAuthority(name);
    certificates.certify('server', 'ca');
    certificates.certify('caller', 'ca');
    const { publicKey, privateKey } = await generateKeyPair('EdDSA');
    writeFileSync(at('jwks.json'), JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] }));
    token = await new SignJWT({ tenant: TENANT, scope: 'decide metrics' })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'one' })
      .setIssuer('test')
      .setAudience('verdict')
      .setExpirationTime('1h')
      .setIssuedAt()
      .sign(privateKey);
    writeFileSync(at('token'), `${token}\n`);
    server = await startServer({
      port: 0,
      tls: { cert: at('server.crt'), key: at('server.key'), ca: at('ca.crt') },
      auth: { jwt: { jwks: at('jwks.json'), issuer: 'test', audience: 'verdict' } },
    });
    await server.engine.publish(TENANT, bundleFiles());
    for (const [path, bytes] of bundleFiles()) {
      mkdirSync(join(dir, 'bundle', path, '..'), { recursive: true });
      writeFileSync(join(dir, 'bundle', path), bytes);
    }
  });

  const TLS = ['--tls', '--ca', 'ca.crt'];
  const CALLER = ['--cert', 'caller.crt', '--key', 'caller.key'];
  const TOKEN = ['--token-file', 'token'];
  const load = (flags: string[], json = true): ReturnType<typeof runProcess> => {
    const target = ['--target', `127.0.0.1:${server.port}`, '--tenant', TENANT, '--seconds', '0.5', '--rate', '100', '-c', '3'];
    return runProcess(['loadtest', 'bundle', ...target, ...flags, ...(json ? ['--json'] : [])], { cwd: dir });
  };

  it.each([['ws'], ['http']])('is loaded over %s, and no secret is in the report', async (protocol) => {
    const { stdout, stderr, code } = await load([...TLS, ...CALLER, ...TOKEN, '--protocol', protocol, '--html', 'report.html']);
    expect([code, stderr]).toEqual([0, expect.anything()]);
    const report = JSON.parse(stdout) as LoadReport;
    expect(report.runs[0]!.tally).toMatchObject({ answered: 50, failed: 0, unanswered: 0, opened: 3 });
    expect(report.runs[0]!.metrics?.length).toBeGreaterThan(0);
    const key = readFileSync(at('caller.key'), 'utf8').split('\n')[1] as string;
    for (const text of [stdout, stderr, readFileSync(at('report.html'), 'utf8')])
      for (const secret of [token, key]) expect(text.includes(secret)).toBe(false);
  });

  it.each([
    ['no token', [...TLS, ...CALLER], 'UNAUTHENTICATED'],
    ['no certificate', [...TLS, ...TOKEN], 'UNAUTHENTICATED'],
    ['another authority', ['--tls', '--ca', 'other-ca.crt', ...CALLER, ...TOKEN], 'NETWORK'],
    ['no TLS', TOKEN, 'NETWORK'],
  ])('refuses %s', async (_, flags, expected) => {
    const { stdout, stderr, code } = await load(flags);
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toContain(expected);
  });

  it.each([
    [['--ca', 'ca.crt'], '--ca is for --tls'],
    [['--tls', '--cert', 'caller.crt'], '--cert and --key belong together'],
    [['--tls', '--ca', 'nothing.crt'], '--ca: cannot read nothing.crt: ENOENT'],
    [[...TLS, '--echo'], '--echo has no TLS'],
    [['--token-file', 'caller.key'], '--token-file: caller.key has no token'],
  ])('%j is refused before anything is sent', async (flags, said) => {
    const { stderr, code } = await load(flags, false);
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  });
});
