// The extension of examples/vscode: its manifest as an editor reads it, and the extension itself in a process that stands for the
// editor's, with the real server. VERDICT_EXTENSION names another folder, e.g. one that was unpacked of a .vsix.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FILES } from '../../editor/world.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(dirname(here)));
const extension = process.env.VERDICT_EXTENSION ?? join(root, 'examples/vscode');
const MAIN = join(root, 'dist/src/cli/main.js');

/** What takes longer is not going to happen. */
vi.setConfig({ testTimeout: 60_000 });

const json = (path: string): unknown => JSON.parse(readFileSync(join(extension, path), 'utf8'));

interface Manifest {
  name: string;
  version: string;
  publisher: string;
  main: string;
  engines: { vscode: string };
  activationEvents: string[];
  dependencies: Record<string, string>;
  contributes: {
    languages: { id: string; extensions: string[]; configuration: string }[];
    grammars: { scopeName: string; path: string; injectTo: string[]; embeddedLanguages: Record<string, string> }[];
    configuration: { properties: Record<string, { type: string; default: unknown; description: string }> };
  };
}
const manifest = json('package.json') as Manifest;

describe('manifest', () => {
  it('names the extension as editors ask for', () => {
    const { name, publisher, version, engines } = manifest;
    expect([name, publisher].every((word) => /^[a-z0-9][a-z0-9-]*$/.test(word))).toBe(true);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    // From 1.101 on, editors bring a Node that the server runs on: 22.
    const minor = /^\^1\.(\d+)\.0$/.exec(engines.vscode)?.[1];
    expect(Number(minor)).toBeGreaterThanOrEqual(101);
  });

  it('names files that are there', () => {
    const { main, contributes } = manifest;
    const named = [main, ...contributes.languages.map((one) => one.configuration), ...contributes.grammars.map((one) => one.path)];
    expect(named.filter((path) => !path.startsWith('./') || !existsSync(join(extension, path)))).toEqual([]);
  });

  it('starts in the folders that the server takes for bundles', () => {
    const [pattern, ...others] = manifest.activationEvents.map((event) => /^workspaceContains:\*\*\/(.*)$/.exec(event)?.[1]);
    const [, stem, ends] = /^(\w+\.)\{([\w,]+)\}$/.exec(pattern ?? '') ?? [];
    expect([others, ends?.split(',').map((end) => stem + end)]).toEqual([[], ['bundle.yaml', 'bundle.yml', 'bundle.json']]);
  });

  it('describes the settings that are read, and no others', () => {
    const read = [...readFileSync(join(extension, manifest.main), 'utf8').matchAll(/getConfiguration\('(\w+)'\)\.get\('(\w+)'/g)];
    const { properties } = manifest.contributes.configuration;
    expect(Object.keys(properties)).toEqual(read.map(([, section, name]) => `${section}.${name}`));
    for (const { type, default: initial } of Object.values(properties)) expect(typeof initial).toBe(type);
  });

  it('depends on exactly what its entry requires, beside the editor', () => {
    const required = [...readFileSync(join(extension, manifest.main), 'utf8').matchAll(/require\('([^']+)'\)/g)].map(
      ([, name]) => name!,
    );
    const packages = required.filter((name) => name !== 'vscode' && !name.startsWith('node:')).map((name) => name.split('/')[0]);
    expect(packages).toEqual(Object.keys(manifest.dependencies));
    for (const version of Object.values(manifest.dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('has a readme without links that end outside of the package', () => {
    const readme = readdirSync(extension).find((name) => name.toLowerCase() === 'readme.md')!;
    const links = [...readFileSync(join(extension, readme), 'utf8').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => link.startsWith('..'))).toEqual([]);
  });
});

interface Pattern {
  match?: string;
  begin?: string;
  while?: string;
  end?: string;
  include?: string;
  beginCaptures?: object;
  contentName?: string;
  patterns?: Pattern[];
}

describe('grammar', () => {
  const [contributed] = manifest.contributes.grammars;
  const grammar = json(contributed!.path) as Pattern & { scopeName: string; injectionSelector: string };
  const [block] = grammar.patterns!;

  it('is the one that is contributed, into the scopes that are contributed', () => {
    expect(grammar.scopeName).toBe(contributed!.scopeName);
    expect(contributed!.injectTo.map((scope) => grammar.injectionSelector.startsWith(`L:${scope} `))).toEqual([true]);
    expect(Object.keys(contributed!.embeddedLanguages)).toEqual([block!.contentName]);
  });

  const cases: readonly (readonly [line: string, begins: boolean])[] = [
    ['  when: |', true],
    ['- when: >-', true],
    ['    value: |', true],
    ['  each: >+', true],
    ['  when: amount > 5', false],
    ['  whenever: |', false],
    ['  description: |', false],
  ];
  it.each(cases)('%s begins an expression: %s', (line, begins) => expect(new RegExp(block!.begin!).test(line)).toBe(begins));

  it('goes on as long as lines are indented deeper', () => {
    const holds = (line: string): boolean => new RegExp(block!.while!.replace('\\1', '  ')).test(line);
    expect(['    amount > 5', '', '  then:', '- id: x'].map(holds)).toEqual([true, true, false, false]);
  });
});

interface Told {
  client?: 'installed' | 'ours';
  active?: boolean;
  message?: string;
  failed?: string;
  diagnostics?: { uri: string; list: { code: string }[] };
}

interface Setting {
  /** Where the package `verdict` lies, from the project. */
  installedIn?: string;
  settings?: Record<string, string>;
  env?: Record<string, string>;
}

const WRONG = '- id: large\n  when: amuont > 5000\n  then: { score: 35, reason: LARGE }\n';

/** Runs the extension over a bundle with a fault until something is told. */
async function runUntil(wanted: (told: Told) => boolean, { installedIn, settings = {}, env = {} }: Setting): Promise<Told[]> {
  const folder = mkdtempSync(join(tmpdir(), 'verdict-vscode-'));
  const bundle = join(folder, 'project/risk');
  for (const [path, text] of Object.entries({ ...FILES, 'rules/main.yaml': WRONG })) {
    mkdirSync(dirname(join(bundle, path)), { recursive: true });
    writeFileSync(join(bundle, path), text);
  }
  if (installedIn !== undefined) {
    mkdirSync(join(folder, installedIn, 'node_modules'), { recursive: true });
    symlinkSync(root, join(folder, installedIn, 'node_modules/verdict'), 'junction');
  }
  const open = join(bundle, 'rules/main.yaml');
  const world = JSON.stringify({ extension, settings, folders: [join(folder, 'project')], open });
  const host = spawn(process.execPath, [join(here, 'host.cjs'), world], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => {
    host.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const ended = once(host, 'close');
  const told: Told[] = [];
  for await (const line of createInterface(host.stdout!)) {
    told.push(JSON.parse(line) as Told);
    // It is active before diagnostics are there, and shows a message before it is active.
    if (told.some((one) => one.active) && told.some(wanted)) host.stdin!.end();
  }
  expect(await ended).toEqual([0, null]);
  expect(told.at(-1)).toEqual({ active: false });
  expect(told[0]).toEqual({ client: existsSync(join(extension, 'node_modules/vscode-languageclient')) ? 'installed' : 'ours' });
  return told.filter(wanted).map((one) => JSON.parse(JSON.stringify(one).replaceAll(pathToFileURL(folder).href, '')) as Told);
}

describe('entry', () => {
  const nowhere = { PATH: '', Path: '' };
  const cases: readonly (readonly [what: string, setting: Setting])[] = [
    ['among the packages of the project', { installedIn: 'project', env: nowhere }],
    ['among the packages of a folder around the project', { installedIn: '.', env: nowhere }],
    ['as the setting names it', { settings: { 'verdict.path': MAIN }, env: nowhere }],
  ];
  it.each(cases)('starts the server %s', async (_, setting) => {
    const [first] = await runUntil(({ diagnostics }) => diagnostics?.uri.endsWith('/rules/main.yaml') === true, setting);
    expect(first!.diagnostics).toMatchObject({ uri: '/project/risk/rules/main.yaml', list: [{ code: 'V3201' }] });
  });

  it('says what to do where there is no server', async () => {
    const [first] = await runUntil(({ message }) => message?.includes('setting') === true, { env: nowhere });
    expect(first!.message).toMatch(
      /^`verdict lsp` did not start: install the package `verdict` .* setting `verdict\.path`\. .*ENOENT/,
    );
  });
});
