// The examples of embedding, run as a reader would run them: Node without a package, C by way of wasm2c, a page in a browser. All
// of them write the bytes that the library writes.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateTransactions } from '../../examples/card-risk/generator.js';
import { generateApplications } from '../../examples/credit/generator.js';
import { makeTempDir, ROOT, runJson } from '../cli/run-cli.js';
import { openExample } from '../examples/open-example.js';

const run = promisify(execFile);
const EXAMPLES = join(ROOT, 'examples/embed');
const NOW = 1_790_000_000_000_000n;
const WASM2C_RUNTIME = '/usr/share/wabt/wasm2c';

const temp = makeTempDir();
const at = (name: string): string => join(temp.dir, name);

/** What each bundle is given, one payload a line, and what it decides. The second has an ensemble of trees. */
const BUNDLES = ['card-risk', 'boosted'] as const;
type BundleName = (typeof BUNDLES)[number];
const given = new Map<BundleName, { payloads: string; expected: string[] }>();
const ROWS: Readonly<Record<BundleName, () => Iterable<{ payload: object }>>> = {
  'card-risk': () => generateTransactions({ seed: 11, customers: 60, terminals: 30, count: 200 }),
  boosted: () => generateApplications({ seed: 11, count: 200 }),
};

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  for (const name of BUNDLES) {
    const { ruleSet, close } = await openExample(name);
    const texts = [...Array.from(ROWS[name](), ({ payload }) => JSON.stringify(payload)), '{}', '{"amount":'];
    const expected = texts.slice(0, -2).map((text) => Buffer.from(ruleSet.decideBytes(text, { now: NOW })).toString('hex'));
    given.set(name, { payloads: `${texts.join('\n')}\n`, expected });
    writeFileSync(at(`${name}.ndjson`), given.get(name)!.payloads);
    await close();
    const bundle = join(ROOT, 'examples', name);
    const simd = await runJson<{ ok: boolean }>(['export', bundle, '-o', at(`${name}.wasm`), '--types', at(`${name}.d.ts`)]);
    const scalar = await runJson<{ scalar: boolean }>([
      ...['export', bundle, '--scalar', '-o', at(`${name}-scalar.wasm`)],
      ...['--header', at('verdict.h')],
    ]);
    expect([simd.code, simd.json.ok, scalar.code, scalar.json.scalar]).toEqual([0, true, 0, true]);
    expect(readFileSync(at(`${name}.d.ts`), 'utf8')).toContain('interface VerdictModule');
  }
}, 120_000);
afterAll(() => temp.remove());

/** The lines of a run: those of whole payloads are as the library says, the others are decisions too. */
function expectLines(name: BundleName, output: string): void {
  const { expected } = given.get(name)!;
  const lines = output.trim().split('\n');
  expect(lines).toHaveLength(expected.length + 2);
  expect(lines.slice(0, expected.length)).toEqual(expected);
  for (const line of lines.slice(expected.length)) expect(line).toMatch(/^[0-9a-f]{200,}$/);
}

function withInput(name: BundleName, program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stdin.end(given.get(name)!.payloads);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${program} ended with ${code}`))));
  });
}

describe('Node', () => {
  const modules = BUNDLES.flatMap((name) => [[`${name}.wasm`, name] as const, [`${name}-scalar.wasm`, name] as const]);
  test.each(modules)('%s', async (module, name) => {
    const output = await withInput(name, process.execPath, [join(EXAMPLES, 'node.mjs'), at(module), '--hex', `--now=${NOW}`]);
    expectLines(name, output);
  });

  test('prints decisions for people', async () => {
    const output = await withInput('card-risk', process.execPath, [
      join(EXAMPLES, 'node.mjs'),
      at('card-risk.wasm'),
      `--now=${NOW}`,
    ]);
    const decisions = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { status: number; outcome: string });
    expect(decisions.at(-1)).toMatchObject({ status: 1, outcome: 'review' });
    expect(new Set(decisions.map(({ outcome }) => outcome))).toEqual(new Set(['approve', 'review', 'decline']));
  });
});

test('C, by way of wasm2c and gcc', async ({ skip }) => {
  if (!has('wasm2c') || !has('gcc')) skip('wasm2c (Debian package wabt) or gcc is not installed');
  copyFileSync(join(EXAMPLES, 'main.c'), at('main.c'));
  await run('wasm2c', [at('boosted-scalar.wasm'), '--module-name', 'verdict', '-o', at('module.c')]);
  const runtime = join(WASM2C_RUNTIME, 'wasm-rt-impl.c');
  await run('gcc', [
    '-O1',
    '-w',
    '-I',
    temp.dir,
    '-I',
    WASM2C_RUNTIME,
    at('main.c'),
    at('module.c'),
    runtime,
    '-lm',
    '-o',
    at('decide'),
  ]);
  expectLines('boosted', await withInput('boosted', at('decide'), ['--hex', `--now=${NOW}`]));
}, 300_000);

/** Shows the page and sends what it says to the test, as soon as it has decided. */
const PROBE = `<!doctype html><iframe id="page"></iframe><script type="module">
  const page = document.getElementById('page');
  page.src = 'page.html' + location.search;
  const timer = setInterval(() => {
    const body = page.contentDocument?.body;
    if (body?.dataset.done !== 'true') return;
    clearInterval(timer);
    fetch('said', { method: 'POST', body: body.querySelector('#decisions').textContent });
  }, 20);
</script>`;

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
  ndjson: 'text/plain',
};

describe('a browser', () => {
  let server: Server;
  let said: (text: string) => void = () => undefined;

  beforeAll(async () => {
    writeFileSync(at('probe.html'), PROBE);
    server = createServer((request, response) => {
      const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
      if (request.method === 'POST') {
        let body = '';
        request.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        request.on('end', () => {
          response.end();
          said(body);
        });
        return;
      }
      const type = TYPES[name.split('.').at(-1) ?? ''];
      const file = /^page\.(html|mjs)$/.test(name) ? join(EXAMPLES, name) : at(name);
      if (type === undefined || name.includes('/') || !existsSync(file)) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': type }).end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('Chromium', { timeout: 300_000 }, async ({ skip }) => {
    if (!has('chromium')) skip('chromium is not installed');
    const { port } = server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/probe.html?module=boosted.wasm&payloads=boosted.ndjson&now=${NOW}&hex`;
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
    const more = ['--disable-sync', '--disable-component-update', `--user-data-dir=${at('profile')}`];
    const output = new Promise<string>((resolve) => {
      said = resolve;
    });
    const browser = spawn('chromium', [...flags, ...more, url], { stdio: 'ignore' });
    const ended = new Promise<never>((_, reject) => browser.on('exit', () => reject(new Error('chromium ended'))));
    try {
      expectLines('boosted', await Promise.race([output, ended]));
    } finally {
      ended.catch(() => undefined);
      browser.kill();
      await new Promise((resolve) => (browser.exitCode === null ? browser.once('exit', resolve) : resolve(undefined)));
    }
  });
});
