import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PublishJson } from '#src/cli/commands/publish.js';
import type { ServeJson } from '#src/cli/commands/serve.js';
import { makeTempDir, runCli, runJson, startCli } from './run-cli.js';

let dir: string;
let remove: () => void;
beforeAll(async () => {
  ({ dir, remove } = makeTempDir());
  expect((await runCli(['init', 'b'], { cwd: dir })).code).toBe(0);
});
afterAll(() => remove());

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** Starts `verdict serve` and waits for the line that says where. */
async function serve(...args: string[]): Promise<{ child: ChildProcess; line: ServeJson; exit: Promise<number | null> }> {
  const child = startCli(['serve', '--port', '0', '--json', '--log', 'json', ...args], { cwd: dir });
  children.push(child);
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  const first = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    exit.then((code) => reject(new Error(`exit code ${code}: ${log}`))).catch(() => undefined);
  });
  return { child, line: JSON.parse(first) as ServeJson, exit };
}

const decide = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/v1/acme/decisions/b`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const PAYLOAD = '{"amount":2500,"currency":"EUR","country":"DE","hour":14}';

describe.sequential('serve and publish', () => {
  it('publish, decide, stop, start again, decide the same', async () => {
    const first = await serve('--data-dir', 'data');
    expect(first.line).toMatchObject({ ok: true, dataDir: 'data', tenants: [], bundles: 0, pid: first.child.pid });
    const { url } = first.line;
    expect((await decide(url, PAYLOAD)).status).toBe(404);

    const to = ['--server', url, '--tenant', 'acme'];
    const dry = await runJson<PublishJson>(['publish', 'b', ...to, '--dry-run'], { cwd: dir });
    expect(dry).toMatchObject({ code: 0, json: { ok: true, status: 200, answer: { name: 'b', version: '0.1.0' } } });
    expect((await decide(url, PAYLOAD)).status).toBe(404);

    const published = await runCli(['publish', 'b', ...to], { cwd: dir });
    expect(published, published.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^b 0\.1\.0 published for acme: image [0-9a-f]{16}, /),
    });
    const again = await runCli(['publish', 'b', ...to], { cwd: dir });
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('was live already') });

    const answer = await decide(url, PAYLOAD);
    expect(answer.status).toBe(200);
    const decision = (await answer.json()) as Record<string, unknown>;
    expect(decision).toMatchObject({ status: 'OK', outcome: 'review', score: 40, bundle: 'b' });

    const local = await runCli(['eval', 'b', '-i', '-', '--format', 'ndjson', '-o', '-'], { cwd: dir, input: PAYLOAD });
    const { decisionId: _id, ...rest } = decision;
    expect(local.stdout).toBe(`${JSON.stringify(rest)}\n`);

    first.child.kill('SIGTERM');
    expect(await first.exit).toBe(0);

    const second = await serve('--data-dir', 'data');
    expect(second.line).toMatchObject({ tenants: ['acme'], bundles: 1 });
    const { decisionId: _other, ...same } = (await (await decide(second.line.url, PAYLOAD)).json()) as Record<string, unknown>;
    expect(same).toEqual(rest);

    const taken = await runCli(['serve', '--port', String(second.line.port), '--memory'], { cwd: dir });
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringMatching(/--port/) });
    const owned = await runCli(['serve', '--port', '0', '--data-dir', 'data'], { cwd: dir });
    expect(owned).toMatchObject({ code: 1, stderr: expect.stringMatching(/--data-dir/) });
    second.child.kill('SIGINT');
    expect(await second.exit).toBe(0);
  });

  it('serves with several listeners, which all decide with what is published', async () => {
    const { line, child, exit } = await serve('--memory', '--listeners', '2');
    expect((await runCli(['publish', 'b', '--server', line.url, '--tenant', 'acme'], { cwd: dir })).code).toBe(0);
    const answers = await Promise.all(Array.from({ length: 20 }, () => decide(line.url, PAYLOAD)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    const both = await runCli(['serve', '--memory', '--port', '0', '--listeners', '2', '--processes', '2'], { cwd: dir });
    expect(both).toMatchObject({ code: 2, stderr: expect.stringMatching(/--processes and --listeners are not combined/) });
  });

  it('the server’s no is shown as it is', async () => {
    const { line, child, exit } = await serve('--memory', '--cost-max', '20');
    expect(line.dataDir).toBeNull();
    const to = ['--server', line.url, '--tenant', 'acme'];
    const { code, json } = await runJson<PublishJson>(['publish', 'b', ...to], { cwd: dir });
    expect(code).toBe(1);
    expect(json).toMatchObject({
      ok: false,
      status: 422,
      answer: { code: 'INVALID_BUNDLE', diagnostics: [{ code: expect.stringMatching(/^V5/) }] },
    });
    const { stdout } = await runCli(['publish', 'b', ...to], { cwd: dir });
    expect(stdout).toMatch(/^refused \(422\): INVALID_BUNDLE [\s\S]*error V5\d{3}: /);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  it.each([
    [['--otlp-headers', 'key=secret'], '--otlp-headers is nothing without --otlp-endpoint'],
    [['--otlp-endpoint', 'http://127.0.0.1:9', '--otlp-headers', 'secret'], 'part 1 is not of the form name=value'],
    [['--otlp-endpoint', 'http://user:secret@127.0.0.1:9'], 'without credentials'],
  ])('takes no collector by %j, and repeats no secret', async (given, said) => {
    const { code, stderr } = await runCli(['serve', '--memory', '--port', '0', ...given], { cwd: dir });
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
    expect(stderr).not.toContain('secret');
  });

  it('takes no list with an item missing', async () => {
    for (const option of ['--allowed-origins', '--jwt-algorithms']) {
      const { code, stderr } = await runCli(['serve', '--memory', '--port', '0', option, 'a,,b'], { cwd: dir });
      expect([code, stderr]).toEqual([2, expect.stringContaining('Give items separated by commas.')]);
    }
  });

  it('publish sends nothing that does not compile', async () => {
    writeFileSync(join(dir, 'b/rules/wrong.yaml'), '- id: x\n  when: nothing > 1\n  then: { score: 1, reason: X }\n');
    const { code, stdout } = await runCli(['publish', 'b', '--server', 'http://127.0.0.1:9', '--tenant', 'acme'], { cwd: dir });
    expect(code).toBe(1);
    expect(stdout).toContain('`nothing` is not a field');
  });
});
