// The examples of embedding, run as a reader would run them: Node without a package, C by way of wasm2c, a page in a browser. All
// of them write the bytes that the library writes.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine } from '#src/engine.js';
import { readDecision } from '#src/schema/decision.js';
import { generateTransactions } from '../../examples/card-risk/generator.js';
import { generateApplications } from '../../examples/credit/generator.js';
import { makeTempDir, ROOT, runJson } from '../cli/run-cli.js';
import { openExample } from '../examples/open-example.js';
import { CHROMIUM, showPage } from '../lib/chromium.js';
import { PARAMETER_PAYLOAD, parameterBundle } from '../lib/parameter-bundle.js';

const run = promisify(execFile);
const EXAMPLES = join(ROOT, 'examples/embed');
const NOW = 1_790_000_000_000_000n;
const WASM2C_RUNTIME = '/usr/share/wabt/wasm2c';

const temp = makeTempDir();
const at = (name: string): string => join(temp.dir, name);

/** What each bundle is given, one payload a line, and what it decides. The second has an ensemble of trees. */
const BUNDLES = ['card-risk', 'boosted'] as const;
type BundleName = (typeof BUNDLES)[number];
/** Of a bundle with outputs that reads parameters, and is decided with other values than it was exported with. */
const SPEND = 'spend';
const SPEND_OUTPUTS = [
  { name: 'limit.above', value: 'parameters.limits.reviewAbove' },
  { name: 'limit.over', value: 'amount > parameters.limits.reviewAbove ? amount - parameters.limits.reviewAbove : null' },
  { name: 'mail', cases: [{ when: 'email !== null', value: '(email ?? "") + "!"' }] },
  { name: 'parts', value: 'email?.split("@")' },
  { name: 'objects', each: 'email?.split("@")', as: 'part', values: { 'is.text': 'part', 'is.long': 'part.length > 1', at: 'at' } },
];
const SPEND_VALUES = { reviewAbove: 750, domain: '@y.com', channel: 'app' };
const given = new Map<string, { payloads: string; expected: string[] }>();
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
  await exportSpend();
}, 120_000);
afterAll(() => temp.remove());

async function exportSpend(): Promise<void> {
  const files = parameterBundle({ files: { 'outputs.json': JSON.stringify(SPEND_OUTPUTS) } });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(at(`${SPEND}/${path}`)), { recursive: true });
    writeFileSync(at(`${SPEND}/${path}`), bytes);
  }
  const values = Object.entries(SPEND_VALUES).map(([name, value]) => `limits.${name}=${value}`);
  const made = [
    await runJson(['export', at(SPEND), '-o', at(`${SPEND}.wasm`)]),
    await runJson(['export', at(SPEND), '--scalar', '-o', at(`${SPEND}-scalar.wasm`)]),
    await runJson(['parameter', 'build', at(SPEND), ...values, '-o', at(`${SPEND}.parameters`)]),
  ];
  expect(made.map(({ code }) => code)).toEqual([0, 0, 0]);
  const engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
  const ruleSet = await engine.load(compile(files, { profileMax: 'standard' }).image!);
  ruleSet.setParameters({ limits: SPEND_VALUES });
  const { email, ...rest } = PARAMETER_PAYLOAD;
  const texts = [{ ...rest, email }, rest].map((payload) => JSON.stringify(payload));
  const decisions = texts.map((text) => ruleSet.decideBytes(text, { now: NOW }));
  const object = (text: string): object => ({ is: { text, long: text.length > 1 }, at: '2026-06-01T00:00:00.000000Z' });
  expect(decisions.map((decision) => readDecision(decision).outputs)).toEqual([
    { limit: { above: 750, over: null }, mail: 'a@x.com!', parts: ['a', 'x.com'], objects: [object('a'), object('x.com')] },
    { limit: { above: 750, over: null }, mail: null, parts: null, objects: null },
  ]);
  const expected = decisions.map((decision) => Buffer.from(decision).toString('hex'));
  given.set(SPEND, { payloads: `${texts.join('\n')}\n{}\n{"amount":\n`, expected });
  writeFileSync(at(`${SPEND}.ndjson`), given.get(SPEND)!.payloads);
  await engine.close();
}

/** The lines of a run: those of whole payloads are as the library says, the others are decisions too. */
function expectLines(name: string, output: string): void {
  const { expected } = given.get(name)!;
  const lines = output.trim().split('\n');
  expect(lines).toHaveLength(expected.length + 2);
  expect(lines.slice(0, expected.length)).toEqual(expected);
  for (const line of lines.slice(expected.length)) expect(line).toMatch(/^[0-9a-f]{200,}$/);
}

function withInput(name: string, program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  child.stdin.on('error', () => undefined); // a program that ends before it has read all is told by its exit code
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

  test('with other values of its parameters', async () => {
    const flags = ['--hex', `--now=${NOW}`, `--parameters=${at(`${SPEND}.parameters`)}`];
    for (const module of [at(`${SPEND}.wasm`), at(`${SPEND}-scalar.wasm`)]) {
      expectLines(SPEND, await withInput(SPEND, process.execPath, [join(EXAMPLES, 'node.mjs'), module, ...flags]));
    }
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
    expect(decisions.at(-1)).toMatchObject({ status: 1, outcome: 'review', fault: { code: 1, pointer: '/amount', at: 10 } });
    expect(decisions.at(-3)).not.toHaveProperty('fault');
    expect(new Set(decisions.map(({ outcome }) => outcome))).toEqual(new Set(['approve', 'review', 'decline']));
  });
});

/** Translates a module and compiles the example with it. */
async function compileC(module: string): Promise<void> {
  copyFileSync(join(EXAMPLES, 'main.c'), at('main.c'));
  await run('wasm2c', [at(module), '--module-name', 'verdict', '-o', at('module.c')]);
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
}

describe('C, by way of wasm2c and gcc', () => {
  const isMissing = !has('wasm2c') || !has('gcc');
  const why = 'wasm2c (Debian package wabt) or gcc is not installed';
  const flags = ['--hex', `--now=${NOW}`];
  const parameters = `--parameters=${at(`${SPEND}.parameters`)}`;

  test('as it is exported', { timeout: 300_000 }, async ({ skip }) => {
    if (isMissing) skip(why);
    await compileC('boosted-scalar.wasm');
    expectLines('boosted', await withInput('boosted', at('decide'), flags));
    const lines = (await withInput('boosted', at('decide'), [])).trim().split('\n');
    expect(lines.at(-1)).toMatch(/^status 1, .*, fault 1 of "\/amount" at byte 10$/);
    await expect(withInput('boosted', at('decide'), [parameters])).rejects.toThrow('ended with 1');
  });

  test('with other values of its parameters', { timeout: 300_000 }, async ({ skip }) => {
    if (isMissing) skip(why);
    await compileC(`${SPEND}-scalar.wasm`);
    expectLines(SPEND, await withInput(SPEND, at('decide'), [...flags, parameters]));
  });
});

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
  parameters: 'application/octet-stream',
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

  /** What a page says, shown with this query. */
  function show(query: string): Promise<string> {
    const { port } = server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/probe.html?${query}&now=${NOW}&hex`;
    const output = new Promise<string>((resolve) => {
      said = resolve;
    });
    return showPage(url, output);
  }

  test('Chromium', { timeout: 300_000 }, async ({ skip }) => {
    if (CHROMIUM === undefined) skip('Chromium is not installed');
    expectLines('boosted', await show('module=boosted.wasm&payloads=boosted.ndjson'));
    expectLines(SPEND, await show(`module=${SPEND}.wasm&payloads=${SPEND}.ndjson&parameters=${SPEND}.parameters`));
  });
});
