// The house rules that a machine can check: who may import whom, who may know what, names, lengths, pins. A rule that has
// exceptions lists them here with their reason, and an exception that is no longer needed fails as well.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { REPLACING, SHARING_FOLDERS } from './lib/sharing.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What lies at the top. Ignored by git, or made by the tools: not listed. */
const topLevel = [
  ...['.ci', '.gitattributes', '.gitignore', '.npmrc', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'NOTICE', 'README.md'],
  ...['asconfig.json', 'assembly', 'bench', 'biome.json', 'docs', 'examples', 'package-lock.json', 'package.json', 'schemas'],
  ...['src', 'test', 'tsconfig.json', 'vitest.config.ts'],
];

const textSuffix = /\.(ts|mjs|json|md|yaml|fbs|c|csv)$/;

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** Every file of the project, relative to the root. Read from disk, so that a file counts before it is added to git. */
const files = ['.ci', 'assembly', 'bench', 'docs', 'examples', 'schemas', 'src', 'test']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap(filesBelow)
  .concat(topLevel.filter((name) => name.includes('.') && name !== '.ci' && existsSync(join(root, name))))
  .filter((path) => !/(^|\/)(node_modules|results|data)\//.test(path))
  .sort();

const isGenerated = (path: string): boolean =>
  path.includes('/generated/') || path.startsWith('docs/diagnostics/') || path === 'package-lock.json';
const written = files.filter((path) => textSuffix.test(path) && !isGenerated(path));
const isCode = (path: string): boolean => /\.(ts|mjs)$/.test(path);
const code = written.filter((path) => isCode(path) && /^(src|assembly|bench|examples)\//.test(path));

// --- Imports -------------------------------------------------------------------------------------------------------------

/** Rows of docs/ARCHITECTURE.md. A folder or file may import smaller rows, and its own folder. */
const rows: readonly (readonly string[])[] = [
  ['assembly/shared', 'src/errors.ts', 'src/assert.ts', 'src/clock.ts', 'src/config.ts', 'src/diagnostic'],
  ['src/schema', 'src/image', 'src/observe', 'src/ensembles', 'src/wasm', 'src/stream', 'src/channel'],
  ['src/bundle', 'src/runtime', 'src/embed', 'src/client'],
  ['src/compiler', 'src/codegen', 'src/scheduler'],
  ['src/registry', 'src/editor'],
  [
    'src/frame.ts',
    'src/decide-options.ts',
    'src/frame-counts.ts',
    'src/request.ts',
    'src/lent-frame.ts',
    'src/dispatch.ts',
    'src/settled.ts',
    'src/conditions.ts',
    'src/evaluate.ts',
    'src/decide.ts',
    'src/decide-json.ts',
    'src/decide-one.ts',
    'src/decide-text.ts',
    'src/decision-view.ts',
    'src/split-json.ts',
    'src/explain.ts',
    'src/ruleset.ts',
    'src/engine-stats.ts',
    'src/engine.ts',
  ],
  ['src/replica', 'src/attached', 'src/testing', 'src/format'],
  ['src/server', 'src/import', 'src/index.ts', 'src/page'],
  ['src/loadtest', 'src/lsp', 'src/export'],
  ['src/cli', 'src/dev'],
  ['examples', 'bench'],
];

/** Edges inside a row. */
const edges: Readonly<Record<string, string>> = {
  'src/config.ts -> assembly/shared': 'limits',
  'src/config.ts -> src/clock.ts': 'the clock is an option',
  'src/image -> src/schema': 'an image is written from a model',
  'src/settled.ts -> src/decide-options.ts': 'a request that is decided in parts is void between two of them',
  'src/decide.ts -> src/decide-options.ts': 'what a caller says about a request',
  'src/stream -> src/schema': 'messages are FlatBuffers too',
  'src/request.ts -> src/decide-options.ts': 'a request that waits may become void',
  'src/request.ts -> src/settled.ts': 'what came out of a request',
  'src/request.ts -> src/frame-counts.ts': 'what the decisions of a frame add to the counters',
  'src/lent-frame.ts -> src/frame-counts.ts': 'the same',
  'src/lent-frame.ts -> src/frame.ts': 'what a frame names',
  'src/lent-frame.ts -> src/decide-options.ts': 'the id of a decision',
  'src/decision-view.ts -> src/decide-options.ts': 'the same',
  'src/dispatch.ts -> src/decide-options.ts': 'a caller may force a path',
  'src/dispatch.ts -> src/request.ts': 'a request is decided on one path or the other',
  'src/dispatch.ts -> src/settled.ts': 'what came out of a request',
  'src/decide.ts -> src/dispatch.ts': 'payloads and frames take a path',
  'src/decide-json.ts -> src/dispatch.ts': 'texts take a path',
  'src/decide.ts -> src/request.ts': 'payloads and frames are requests',
  'src/decide-json.ts -> src/request.ts': 'texts are requests',
  'src/decide.ts -> src/frame.ts': 'frames are counted before they are copied',
  'src/decide.ts -> src/settled.ts': 'what came out of a request',
  'src/ruleset.ts -> src/decide-one.ts': 'the library decides one payload at once',
  'src/ruleset.ts -> src/decision-view.ts': 'the decision, where it lies',
  'src/ruleset.ts -> src/decide-text.ts': 'the library decides one text at once',
  'src/decide-one.ts -> src/decision-view.ts': 'the decision, where it lies',
  'src/decide-text.ts -> src/decision-view.ts': 'the decision, where it lies',
  'src/decide-text.ts -> src/decide-one.ts': 'both lie in lent room',
  'src/decide-text.ts -> src/decide-json.ts': 'how texts are copied and refused',
  'src/decide-json.ts -> src/decide.ts': 'texts are decided in the same slots',
  'src/explain.ts -> src/evaluate.ts': 'conditions are evaluated one by one',
  'src/explain.ts -> src/conditions.ts': 'conditions are split into those that are evaluated',
  'src/ruleset.ts -> src/decide.ts': 'a rule set decides',
  'src/ruleset.ts -> src/decide-json.ts': 'a rule set decides texts',
  'src/ruleset.ts -> src/explain.ts': 'a rule set explains',
  'src/engine.ts -> src/ruleset.ts': 'an engine hands out rule sets',
  'src/engine.ts -> src/engine-stats.ts': 'what an engine has done',
  'src/dev -> examples': 'npm start decides generated payments',
};

/** The entry of `rows` that a file lies in. */
function placeOf(path: string): string | undefined {
  return rows.flat().find((place) => path === place || path.startsWith(`${place}/`));
}

const rowOf = (place: string): number => rows.findIndex((row) => row.includes(place));

interface Import {
  from: string;
  /** A path of the project, or the name of a package. */
  to: string;
  /** Nothing of it is left in the output. */
  typeOnly: boolean;
}

/** Specifiers that only `import type` and `export type` statements name. */
function typeOnlySpecifiers(path: string, text: string): Set<string> {
  const type = new Set<string>();
  const value = new Set<string>();
  for (const statement of ts.createSourceFile(path, text, ts.ScriptTarget.ES2022).statements) {
    const isImport = ts.isImportDeclaration(statement);
    if (!isImport && !ts.isExportDeclaration(statement)) continue;
    if (statement.moduleSpecifier === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const typeOnly = isImport ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword : statement.isTypeOnly;
    (typeOnly ? type : value).add(statement.moduleSpecifier.text);
  }
  return new Set([...type].filter((specifier) => !value.has(specifier)));
}

/** Import, export-from and dynamic import with a literal. A relative `.js` specifier becomes the source it is built from. */
function importsOf(path: string): Import[] {
  const text = read(path);
  const typeOnly = typeOnlySpecifiers(path, text);
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    const base = { from: path, typeOnly: typeOnly.has(fileName) };
    if (!fileName.startsWith('.')) return { ...base, to: fileName };
    const target = posix.join(posix.dirname(path), fileName);
    const candidates = [target.replace(/\.js$/, '.ts'), `${target}.ts`];
    return {
      ...base,
      to: candidates.find((candidate) => candidate.endsWith('.ts') && existsSync(join(root, candidate))) ?? target,
    };
  });
}

const imports = code.flatMap(importsOf);
const packageOf = (name: string): string => (name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : name.split('/')[0]!);
const isPath = (to: string): boolean => /^(src|assembly|bench|examples|test|dist)\//.test(to);

describe('imports', () => {
  it('have the rows that docs/ARCHITECTURE.md shows', () => {
    const table = read('docs/ARCHITECTURE.md')
      .split('\n')
      .filter((line) => /^\| \d+ \|/.test(line));
    const documented = table.map((line) => [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1]!.replace(/\/$/, '')));
    expect(documented).toEqual(rows);
  });

  it('every file of src belongs to a row', () => {
    expect(code.filter((path) => path.startsWith('src/') && placeOf(path) === undefined)).toEqual([]);
  });

  it('go to smaller rows, the own folder, or a listed neighbour', () => {
    const used = new Set<string>();
    const wrong = imports.filter(({ from, to }) => {
      const a = placeOf(from);
      if (a === undefined || !isPath(to)) return false;
      const b = placeOf(to);
      if (b === undefined) return true;
      const edge = `${a} -> ${b}`;
      if (edge in edges) used.add(edge);
      return !(a === b || rowOf(b) < rowOf(a) || edge in edges);
    });
    expect(wrong).toEqual([]);
    expect(Object.keys(edges).filter((edge) => !used.has(edge))).toEqual([]);
  });

  it('of assembly stay in assembly, and those of assembly/shared in shared', () => {
    const inside = (path: string, folder: string): boolean => path.startsWith(folder);
    const wrong = imports.filter(
      ({ from, to }) =>
        (inside(from, 'assembly/') && !inside(to, 'assembly/')) ||
        (inside(from, 'assembly/shared/') && !inside(to, 'assembly/shared/')),
    );
    expect(wrong).toEqual([]);
  });

  it('of the engine are only of its portable part', () => {
    const wrong = imports.filter(
      ({ from, to }) => !from.startsWith('assembly/') && to.startsWith('assembly/') && !to.startsWith('assembly/shared/'),
    );
    expect(wrong).toEqual([]);
  });

  it('form no cycle between files, types aside', () => {
    const next = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) if (isPath(to) && !typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      if (trail.includes(path) || done.has(path)) return;
      for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
      done.add(path);
    };
    for (const path of next.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('name packages that package.json has, and src all and only those that are installed with it', () => {
    const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const packages = imports.filter(({ to }) => !isPath(to) && !to.startsWith('node:') && !to.startsWith('#'));
    const shipped = packages.filter(({ from }) => from.startsWith('src/') && !from.startsWith('src/dev/'));
    expect(shipped.filter(({ to }) => !(packageOf(to) in manifest.dependencies))).toEqual([]);
    const all = { ...manifest.dependencies, ...manifest.devDependencies, [(manifest as unknown as { name: string }).name]: '' };
    expect(packages.filter(({ to }) => !(packageOf(to) in all))).toEqual([]);
    const used = new Set(shipped.map(({ to }) => packageOf(to)));
    expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name))).toEqual([]);
  });
});

// --- Who knows what ------------------------------------------------------------------------------------------------------

/** A package, a Node module or a global, and the only places of src that may name it. */
const knowledge: readonly { what: RegExp; where: readonly string[]; why: string }[] = [
  { what: /^uWebSockets\.js$/, where: ['src/server/uws.ts'], why: 'one loader checks and loads the binary' },
  {
    what: /^acorn/,
    where: ['src/compiler/parse.ts', 'src/compiler/expression-tokens.ts'],
    why: 'the compiler sees ESTree, not a parser',
  },
  { what: /^vscode-/, where: ['src/lsp/', 'src/cli/commands/lsp.ts'], why: 'only the language server knows its protocol' },
  { what: /^@assemblyscript\/loader/, where: ['src/runtime/instance.ts'], why: 'one place instantiates the engine' },
  {
    what: /^(piscina|node:worker_threads)/,
    where: ['src/runtime/', 'src/server/listeners/'],
    why: 'only the runtime knows threads, and a server with several listeners',
  },
  {
    what: /^(node:)?(http|https|tls|dns)$/,
    where: ['src/loadtest/dial.ts', 'src/loadtest/metrics.ts', 'src/dev/'],
    why: 'only server speaks HTTP, by uWebSockets.js; the load tester dials by TLS, and reads metrics',
  },
  {
    what: /^(node:)?net$/,
    where: ['src/registry/owner.ts', 'src/server/', 'src/loadtest/', 'src/dev/'],
    why: 'sockets are opened in few places',
  },
  {
    what: /^node:fs/,
    where: [
      ...['src/registry/files.ts', 'src/registry/store.ts', 'src/registry/list-store.ts', 'src/server/uws.ts'],
      ...['src/server/files.ts'],
      ...['src/registry/parameter-store.ts'],
      ...['src/runtime/instance.ts', 'src/runtime/embedded.ts', 'src/cli/', 'src/dev/'],
      ...['src/loadtest/machine.ts', 'src/loadtest/report-page.ts'],
    ],
    why: 'files are touched in few places',
  },
  { what: /^(commander|cli-progress|csv-parse)/, where: ['src/cli/'], why: 'the command line' },
  { what: /^(pino|prom-client)$/, where: ['src/server/', 'src/observe/'], why: 'logs and metrics' },
];

const globals: readonly { what: RegExp; where: readonly string[]; why: string }[] = [
  { what: /\bWebAssembly\./, where: ['src/runtime/'], why: 'only the runtime knows WebAssembly' },
  { what: /\b(Date\.now\(|new Date\(\))/, where: ['src/clock.ts', 'src/server/', 'src/cli/', 'src/dev/'], why: 'time is an input' },
  { what: /\bMath\.random\(/, where: [], why: 'randomness is an input' },
];

const mayKnow = (path: string, where: readonly string[]): boolean =>
  where.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));

/** A source without its comments, so that a comment may name what the code may not. */
function withoutComments(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, false, ts.LanguageVariant.Standard, text);
  let bare = '';
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token !== ts.SyntaxKind.SingleLineCommentTrivia && token !== ts.SyntaxKind.MultiLineCommentTrivia)
      bare += scanner.getTokenText();
  }
  return bare;
}

describe('only some know', () => {
  it('and those exist', () => {
    const places = [...knowledge, ...globals].flatMap(({ where }) => where);
    expect(places.filter((place) => !existsSync(join(root, place)))).toEqual([]);
  });

  for (const { what, where, why } of knowledge) {
    it(`${what.source}: ${why}`, () => {
      const wrong = imports.filter(({ from, to }) => from.startsWith('src/') && what.test(to) && !mayKnow(from, where));
      expect(wrong).toEqual([]);
    });
  }

  for (const { what, where, why } of globals) {
    it(`${what.source}: ${why}`, () => {
      const sources = code.filter((path) => path.startsWith('src/') && !mayKnow(path, where));
      expect(sources.filter((path) => what.test(withoutComments(read(path))))).toEqual([]);
    });
  }
});

/** What changes a process for all that runs in it later. */
const lasting = [
  /\bvi\.(mock|doMock|stubGlobal|stubEnv|useFakeTimers)\(/,
  /\bprocess\.(chdir|umask)\(/,
  /\bprocess\.env(\.\w+|\[[^\]]+\]) *=[^=]/,
  /(\bglobalThis|\.prototype)\.\w+ *=[^=]/,
  /\bconfigureGlobal\(/,
];

describe('files of tests that share a process', () => {
  const folders = [...SHARING_FOLDERS, 'test/lib'];

  it.each(folders)('are in %s, and change nothing of it', (folder) => {
    const sharing = written.filter((path) => isCode(path) && path.startsWith(`${folder}/`));
    expect(sharing).not.toEqual([]);
    const changing = sharing.filter((path) => lasting.some((what) => what.test(withoutComments(read(path)))));
    expect(changing).toEqual(REPLACING.filter((path) => path.startsWith(`${folder}/`)));
  });
});

// --- Names, lengths, words -----------------------------------------------------------------------------------------------

/** Files over 500 lines, each with the reason it may be. */
const longFiles: Readonly<Record<string, string>> = {};

const LINES_MAX = 500;
const COLUMNS_MAX = 132;

describe('files', () => {
  it('at the top are the agreed ones', () => {
    const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const names = [...new Set(tracked.map((path) => path.split('/')[0]!))];
    expect(names.filter((name) => !topLevel.includes(name))).toEqual([]);
    expect(topLevel.filter((name) => !existsSync(join(root, name)))).toEqual([]);
  });

  it('have names in kebab-case', () => {
    const names = files.filter((path) => /^(src|assembly|bench|examples|test|schemas)\//.test(path) && !isGenerated(path));
    const isKebab = (name: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(name);
    expect(names.filter((path) => !path.split('/').every(isKebab) && !path.endsWith('/README.md'))).toEqual([]);
  });

  it(`have at most ${LINES_MAX} lines, or a listed reason`, () => {
    const long = written.filter((path) => isCode(path) && read(path).split('\n').length - 1 > LINES_MAX);
    expect(long.filter((path) => !(path in longFiles))).toEqual([]);
    expect(Object.keys(longFiles).filter((path) => !long.includes(path))).toEqual([]);
  });

  it(`have lines of at most ${COLUMNS_MAX} columns, texts and tables aside`, () => {
    const isLong = (line: string): boolean =>
      line.length > COLUMNS_MAX &&
      line.replace(/(['"`])(?:\\.|(?!\1).)*(\1|$)/g, "''").length > COLUMNS_MAX &&
      !/^\s*(\||\/\/ \||<)|https?:/.test(line);
    const wrong = written
      .filter((path) => isCode(path) || path.endsWith('.md'))
      .flatMap((path) =>
        read(path)
          .split('\n')
          .flatMap((line, index) => (isLong(line) ? [`${path}:${index + 1}`] : [])),
      );
    expect(wrong).toEqual([]);
  });

  it('have no default exports, but where a tool asks for one', () => {
    const wrong = written.filter((path) => isCode(path) && path !== 'vitest.config.ts' && /^export default /m.test(read(path)));
    expect(wrong).toEqual([]);
  });

  it('carry no notes to self', () => {
    const note = new RegExp(`\\b(${['TO', 'FIX', 'XX'].map((word, i) => word + ['DO', 'ME', 'X'][i]).join('|')})\\b`);
    expect(written.filter((path) => note.test(read(path)))).toEqual([]);
  });

  it('that docs/ARCHITECTURE.md names exist', () => {
    const named = [...read('docs/ARCHITECTURE.md').matchAll(/`((?:src|assembly|schemas|bench|test|examples|docs)\/[^`\s]*)`/g)];
    expect(named.length).toBeGreaterThan(50);
    expect(named.map((match) => match[1]!).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('that a page of docs links to exist', () => {
    const pages = written.filter((path) => path.endsWith('.md'));
    const links = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\(([^)#:\s]+)(#[^)]*)?\)/g)].map((match) => ({
        page,
        to: posix.join(posix.dirname(page), match[1]!),
      })),
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(({ to }) => !existsSync(join(root, to)))).toEqual([]);
  });

  it('name no package registry', () => {
    const host = new RegExp(['registry', '(npmjs|yarnpkg)'].join('\\.'));
    expect(files.filter((path) => textSuffix.test(path) && host.test(read(path)))).toEqual([]);
  });

  it('in test mirror what they test, but for those that test several parts together', () => {
    const together = ['conformance', 'data', 'differential', 'engine', 'fuzz'];
    const folders = files.filter((path) => path.endsWith('.test.ts')).map((path) => posix.dirname(path).slice('test/'.length));
    const homes = ['', 'src/', 'assembly/'];
    const isHome = (folder: string): boolean => homes.some((home) => existsSync(join(root, home, folder)));
    expect([...new Set(folders)].filter((folder) => !isHome(folder) && !together.includes(folder))).toEqual([]);
  });
});

// --- Packages ------------------------------------------------------------------------------------------------------------

describe('packages', () => {
  const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; link?: boolean; optionalDependencies?: Record<string, string> }>;
  };

  it('are pinned exactly', () => {
    const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(all.filter(([, version]) => !/^(npm:@?[a-z0-9/-]+(\.[a-z]+)?@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are locked without download addresses', () => {
    const hosts = Object.entries(lock.packages).filter(([, { resolved, link }]) => resolved !== undefined && link !== true);
    expect(hosts.map(([path]) => path)).toEqual([]);
  });

  it('hold one binaryen, the one that assemblyscript pins', () => {
    expect(Object.keys(lock.packages).filter((path) => path.endsWith('node_modules/binaryen'))).toEqual(['node_modules/binaryen']);
  });

  it('run no install script', () => {
    const scripts = Object.entries(lock.packages).filter(([, entry]) => 'hasInstallScript' in entry && !('optional' in entry));
    expect(scripts.map(([path]) => path)).toEqual([]);
  });
});
