// What the documents say is done here: README's blocks are run as they stand, figures are compared with the constants.
//
//   ```js run       a module, in an empty folder where `verdict` is installed
//   ```sh run       a script, in one folder for all of them, with `verdict` in PATH and the examples of the checkout
//   ```sh server    a command that goes on; started before the scripts that follow, and stopped after them
//   ```text output  what the block before it prints
//   ```json answer  what the last line is that the block before it prints, other keys aside

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as layout from '#assembly/shared/layout.js';
import * as limits from '#assembly/shared/limits.js';
import * as bundleLimits from '#src/bundle/limits.js';
import * as codegen from '#src/codegen/choice.js';
import * as config from '#src/config.js';
import { ROUTES } from '#src/server/api/routes.js';
import { STREAM_PATTERN } from '#src/server/stream.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const run = promisify(execFile);

/** The port that README writes; a free one takes its place. */
const README_PORT = '8321';

interface Block {
  /** Language and role: `sh run`. */
  kind: string;
  text: string;
  line: number;
  /** Text of the output or answer block that follows. */
  output: string | undefined;
  answer: string | undefined;
}

function blocksOf(page: string): Block[] {
  const text = read(page);
  const found = [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    kind: match[1]!,
    text: match[2]!,
    line: text.slice(0, match.index).split('\n').length,
  }));
  const after = (index: number, kind: string): string | undefined =>
    found[index + 1]?.kind === kind ? found[index + 1]!.text : undefined;
  return found.map((block, index) => ({
    ...block,
    output: after(index, 'text output'),
    answer: after(index, 'json answer'),
  }));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Waits until the server answers that it is ready; fails with what it printed where it ends before. */
async function untilReady(url: string, server: ChildProcess): Promise<void> {
  let printed = '';
  server.stderr!.on('data', (chunk) => {
    printed += chunk;
  });
  while (server.exitCode === null) {
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server ended with ${server.exitCode}: ${printed}`);
}

describe('README', () => {
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let port: string;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'verdict-readme-'));
    mkdirSync(join(folder, 'node_modules'));
    mkdirSync(join(folder, 'bin'));
    symlinkSync(root, join(folder, 'node_modules/verdict'), 'dir');
    symlinkSync(join(root, 'examples'), join(folder, 'examples'), 'dir');
    const { bin } = JSON.parse(read('package.json')) as { bin: { verdict: string } };
    const main = join(root, bin.verdict);
    writeFileSync(join(folder, 'bin/verdict'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 });
    env = {
      ...process.env,
      PATH: [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
      NO_COLOR: '1',
    };
    port = String(await freePort());
    env.VERDICT_PORT = port;
    env.VERDICT_SERVER = `http://127.0.0.1:${port}`;
  });

  afterAll(async () => {
    server?.kill();
    if (server?.exitCode === null && server.signalCode === null) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });

  const blocks = blocksOf('README.md').filter(({ kind }) => /^(js run|sh run|sh server)$/.test(kind));

  it('has the quick starts', () => {
    expect(blocks.map(({ kind }) => kind)).toEqual(['js run', 'sh run', 'sh run', 'sh server', 'sh run']);
  });

  for (const page of ['docs/PARAMETERS.md', 'docs/SECURITY.md']) {
    for (const { text, line, output } of blocksOf(page).filter(({ kind }) => kind === 'js run')) {
      it(`${page}, line ${line}: js run`, async () => {
        const file = join(folder, `${basename(page, '.md')}-${line}.mjs`);
        writeFileSync(file, text);
        expect((await run(process.execPath, [file], { cwd: folder, env })).stdout).toBe(output);
      });
    }
  }

  for (const [index, { kind, text, line, output, answer }] of blocks.entries()) {
    it(`line ${line}: ${kind}`, async () => {
      const source = text.replaceAll(README_PORT, port);
      if (kind === 'sh server') {
        server = spawn('bash', ['-c', `exec ${source.trim()}`], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
        await untilReady(`http://127.0.0.1:${port}`, server);
        return;
      }
      const file = join(folder, kind === 'js run' ? `block-${index}.mjs` : `block-${index}.sh`);
      writeFileSync(file, source);
      const command = kind === 'js run' ? [process.execPath, file] : ['bash', '-euo', 'pipefail', file];
      const { stdout } = await run(command[0]!, command.slice(1), { cwd: folder, env });
      if (output !== undefined) expect(stdout.replaceAll(port, README_PORT)).toBe(output);
      if (answer !== undefined)
        expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject(JSON.parse(answer) as object);
    });
  }
});

describe('docs/ARCHITECTURE.md', () => {
  const known: Record<string, unknown> = { ...limits, ...layout, ...bundleLimits, ...codegen, ...config };
  const rows = [...read('docs/ARCHITECTURE.md').matchAll(/^\| `([A-Z_]+)` \| ([\d,]+) /gm)].map(
    (match) => [match[1]!, match[2]!] as const,
  );

  for (const [name, value] of rows) {
    it(`gives ${name} as it is`, () => expect(Number(value.replaceAll(',', ''))).toBe(known[name]));
  }

  it('leaves out no maximum', () => {
    const maxima = Object.keys({ ...limits, ...bundleLimits, ...codegen, ...config }).filter((name) => name.endsWith('_MAX'));
    expect(maxima.filter((name) => !rows.some(([listed]) => listed === name))).toEqual([]);
  });

  it('gives the defaults of an engine as they are', () => {
    const { costInlineMax, ringBytes, tenantPagesMax } = config.resolveConfig({}, 2);
    const text = read('docs/ARCHITECTURE.md');
    expect(text).toContain(`\`costInlineMax\` ${costInlineMax.toLocaleString('en')} units`);
    expect(text).toContain(`\`ringBytes\` ${ringBytes / 1024 / 1024} MiB`);
    expect(text).toContain(`\`tenantPagesMax\` ${tenantPagesMax.toLocaleString('en')} pages`);
  });
});

describe('docs/FORMATS.md', () => {
  it('has every route of the server, and no other', () => {
    const served = [...ROUTES.map(({ method, pattern }) => `${method} ${pattern}`), `GET ${STREAM_PATTERN}`];
    const listed = [...read('docs/FORMATS.md').matchAll(/^\| `([A-Z]+ \/\S*)` \|/gm)].map((match) => match[1]!);
    expect(listed.map((route) => route.replace(/\{(\w+)\}/g, ':$1')).sort()).toEqual(served.sort());
  });
});
