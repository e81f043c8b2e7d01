import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verdict-demo-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the demonstration, small and on any port. */
function start(...flags: string[]) {
  const demo = fileURLToPath(import.meta.resolve('#src/dev/demo.js'));
  const child = spawn(process.execPath, [
    demo,
    '--port',
    '0',
    '--data-dir',
    folder,
    '--count',
    '6400',
    '--seconds',
    '0.2',
    ...flags,
  ]);
  let out = '';
  let wake = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      out += chunk;
      wake();
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (status) => {
      resolve(status);
      wake();
    });
  });
  const whenPrinted = async (text: string): Promise<string> => {
    while (!out.includes(text)) {
      if (child.exitCode !== null) throw new Error(`the demonstration has ended: ${out}`);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return out;
  };
  return { child, ended, whenPrinted, output: () => out };
}

describe('npm start', () => {
  it('prints its table, and a curl line that works while it serves; Ctrl-C ends it with 0', async () => {
    const { child, ended, whenPrinted } = start();
    const out = await whenPrinted('Serving until Ctrl-C');
    for (const text of ['decisions/s', 'p99.9', 'approve', 'review', 'decline', 'Top reasons']) expect(out).toContain(text);
    const [, url, type, body] = /curl -s (\S+) \\\n\s+-H 'Content-Type: (\S+)' \\\n\s+-d '(.+)'/.exec(out) ?? [];
    const response = await fetch(url!, { method: 'POST', headers: { 'content-type': type! }, body: body! });
    expect([response.status, ((await response.json()) as { bundle: string }).bundle]).toEqual([200, 'card-risk']);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('--once ends after the table, with 0, also with the data of the run before', async () => {
    const { ended, output } = start('--once');
    expect(await ended).toBe(0);
    expect(output()).toContain('curl -s http://127.0.0.1:');
    expect(output()).not.toContain('Serving until');
  });

  it('ends with 0 and without a complaint where Ctrl-C comes before the table', async () => {
    const { child, ended, whenPrinted, output } = start('--count', '65536');
    await whenPrinted('generating');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(output().trim().split('\n').length).toBe(1);
  });
});
