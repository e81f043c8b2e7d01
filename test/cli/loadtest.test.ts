// The commands of docs/LOADTEST.md as they stand, on a free port, and what stops a load test before it begins.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreflightJson } from '#src/cli/commands/loadtest.js';
import type { LoadReport } from '#src/loadtest/report.js';
import { childEnv, MAIN, makeTempDir, ROOT, runCli, runJson, runProcess, startCli } from './run-cli.js';

const blocks = [...readFileSync(join(ROOT, 'docs/LOADTEST.md'), 'utf8').matchAll(/^```sh (run|server)\n([\s\S]*?)^```$/gm)].map(
  (match) => ({ kind: match[1]!, text: match[2]! }),
);
const DOCUMENTED_PORT = '8321';

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

let dir: string;
let remove: () => void;
let port: number;
let server: ChildProcess;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  ({ dir, remove } = makeTempDir());
  port = await freePort();
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin/verdict'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
  env = childEnv({ PATH: [join(dir, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter) });
  const command = blocks.find(({ kind }) => kind === 'server')!.text.replaceAll(DOCUMENTED_PORT, String(port));
  server = spawn('bash', ['-c', `exec ${command.trim()}`], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    server.stdout!.once('data', resolve);
    server.once('close', (code) => reject(new Error(`the server ended with ${code}`)));
  });
});

afterAll(async () => {
  server.kill();
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  remove();
});

describe('docs/LOADTEST.md', () => {
  const outputs: string[] = [];
  for (const [index, { text }] of blocks.filter(({ kind }) => kind === 'run').entries()) {
    it(`command ${index + 1} does what it says`, async () => {
      const file = join(dir, `block-${index}.sh`);
      writeFileSync(file, text.replaceAll(DOCUMENTED_PORT, String(port)));
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', file], { cwd: dir, env });
      outputs.push(stdout);
    });
  }

  it('shows a report as it is printed, but for the figures', () => {
    const shown = /^```text\n([\s\S]*?)^```$/m.exec(readFileSync(join(ROOT, 'docs/LOADTEST.md'), 'utf8'))![1]!;
    const words = (line: string): string =>
      line
        .replace(/[\d.,]+( (us|ms|s)\b)?/g, '#')
        .replace(/ +/g, ' ')
        .trim();
    const printed = new Set(outputs[0]!.replaceAll(String(port), DOCUMENTED_PORT).split('\n').map(words));
    expect(
      shown
        .split('\n')
        .map(words)
        .filter((line) => line !== '#' && !printed.has(line)),
    ).toEqual([]);
    expect(outputs[0]).toMatch(/^sent 500 of 500: 500 answered, 0 failed, 0 unanswered, 0 not sent/m);
  });

  it('counts what it sends', () => {
    const report = JSON.parse(readFileSync(join(dir, 'http.json'), 'utf8')) as LoadReport;
    expect(report).toMatchObject({
      ok: true,
      plan: { protocol: 'http', payloads: 10, loop: 'closed' },
      runs: [{ tally: { sent: 200, answered: 200 } }],
    });
    expect(report.runs[0]!.metrics).toContainEqual(
      expect.objectContaining({ series: 'verdict_engine_requests_total{path="inline"}' }),
    );
    // a ramp of bursts: 0.3 s at 200 and 0.2 s at 1,000, twice
    expect(readFileSync(join(dir, 'burst.txt'), 'utf8')).toMatch(/^sent 520 of 520: 520 answered/m);
  });
});

describe('verdict loadtest', () => {
  const to = (): string[] => ['--target', `127.0.0.1:${port}`, '--tenant', 'acme'];

  it('writes the page, and one document', async () => {
    const args = ['loadtest', 'payments', ...to(), '--seconds', '0.2', '--rate', '100', '--distinct', '8', '--html', 'report.html'];
    const { code, json } = await runJson<LoadReport>([...args, '--server-pid', String(server.pid)], { cwd: dir, run: runProcess });
    expect(code).toBe(0);
    expect(json).toMatchObject({
      ok: true,
      interrupted: false,
      bundle: 'payments',
      tenant: 'acme',
      plan: { rate: 100, messages: 8 },
    });
    expect(json.runs[0]!.tally).toMatchObject({ scheduled: 20, answered: 20 });
    expect(json.runs[0]!.server?.after).toMatchObject({ processes: 1, pssBytes: expect.any(Number) });
    expect(readFileSync(join(dir, 'report.html'), 'utf8')).toContain('<title>Load test of payments, ws</title>');
  });

  it('ends with its report at Ctrl-C', async () => {
    const child = startCli(['loadtest', 'payments', ...to(), '--seconds', '60', '--rate', '50', '--distinct', '8', '--json'], {
      cwd: dir,
    });
    let stdout = '';
    child.stdout!.on('data', (chunk) => {
      stdout += chunk;
    });
    const closed = once(child, 'close');
    const connections = async (): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^verdict_stream_connections (\d+)/m.exec(text)?.[1] ?? 0);
    };
    while (child.exitCode === null && (await connections()) < 10) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    const [code] = await closed;
    const report = JSON.parse(stdout) as LoadReport;
    expect(report).toMatchObject({ ok: true, interrupted: true });
    expect(code).toBe(0);
    const { sent, answered, unanswered } = report.runs[0]!.tally;
    expect([answered, unanswered]).toEqual([sent, 0]);
  });

  it('says what the machine lacks', async () => {
    const args = ['loadtest', 'payments', '--tenant', 'acme', '--connections', '3000000', '--allow-large'];
    const { code, json } = await runJson<PreflightJson>([...args, '--preflight'], { cwd: dir });
    expect(code).toBe(1);
    expect(json.preflight.find(({ what }) => what === 'descriptors of a process')).toMatchObject({
      verdict: 'no',
      needed: 3_000_100,
    });
    const { code: refused, stderr } = await runCli(args.concat('--distinct', '1'), { cwd: dir });
    expect(refused).toBe(1);
    expect(stderr).toMatch(/this machine cannot hold that: descriptors of a process[\s\S]*--processes/);
  });

  it.each<[string, string[], number, RegExp]>([
    ['no tenant', [], 2, /required option '--tenant/],
    ['another machine', ['--tenant', 'acme', '--target', '192.0.2.1:80'], 2, /needs --allow-remote/],
    ['an option of another profile', ['--tenant', 'acme', '--ramp-seconds', '2'], 2, /--ramp-seconds is for --profile ramp/],
    ['a missing file', ['--tenant', 'acme', '--input', 'none.csv'], 2, /there is no file none\.csv/],
    ['nobody there', ['--tenant', 'acme', '--target', '127.0.0.1:1', '--distinct', '1'], 1, /ECONNREFUSED[\s\S]*verdict serve/],
  ])('stops at %s', async (_what, args, exit, message) => {
    const { code, stderr } = await runCli(['loadtest', 'payments', ...args], { cwd: dir });
    expect(code, stderr).toBe(exit);
    expect(stderr).toMatch(message);
  });

  it('tells of a bundle that the server does not have', async () => {
    const { code, json } = await runJson<{ error: { code: string; advice: string } }>(
      ['loadtest', 'payments', '--target', `127.0.0.1:${port}`, '--tenant', 'nobody', '--distinct', '1'],
      { cwd: dir },
    );
    expect(code).toBe(1);
    expect(json.error).toMatchObject({
      code: 'TENANT_NOT_FOUND',
      advice: expect.stringContaining('verdict publish payments --tenant nobody'),
    });
  });
});
