// Makes a checkout ready: packages installed, dist/ built. `npm start`, `npm test` and `npm run bench` run it first.
// Plain Node without dependencies, since it runs before there are any. Does only what is out of date, and says what it does.
//
//   node_modules/.verdict-stamp   hash of the package-lock.json that was installed
//   dist/.stamp                   hashes of the sources that dist/engine.wasm and dist/**/*.js were built from
//   .cache/prepare.lock           id of the process that is installing or building; a second one waits for it

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const lockfile = join(root, 'package-lock.json');
const installStamp = join(root, 'node_modules/.verdict-stamp');
const buildStamp = join(root, 'dist/.stamp');
const lockPath = join(root, '.cache/prepare.lock');

const NODE_MIN = [20, 19];
const LOCK_WAIT_MS_MAX = 15 * 60_000;
const LOCK_POLL_MS = 200;

/** A step that failed: `message` says what, `cure` what to do. */
class PrepareError extends Error {
  constructor(message, cure) {
    super(message);
    this.cure = cure;
  }
}

/** Tools that are running now; they must not outlive us. */
const children = new Set();
process.once('exit', () => {
  for (const child of children) child.kill();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const say = (text) => console.log(`verdict: ${text}`);
const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  throw new PrepareError(
    `Node ${process.versions.node} is too old: Verdict needs ${NODE_MIN.join('.')} or later`,
    'Install Node 20.19+, 22 or 24, and run the same command again.',
  );
}

/** Paths of the files below `folder` (relative to the root) that end in `suffix`, sorted. */
function filesBelow(folder, suffix) {
  const found = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...filesBelow(path, suffix));
    else if (entry.name.endsWith(suffix)) found.push(path);
  }
  return found.sort();
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

const typescriptFolders = ['src', 'assembly/shared', 'bench', 'examples'];
const tools = ['package.json', 'package-lock.json', 'src/dev/prepare.mjs'];

const parts = [
  {
    name: 'wasm',
    doing: 'compiling the engine to WebAssembly',
    sources: () => [...filesBelow('assembly', '.ts'), 'asconfig.json', ...tools],
    output: 'dist/engine.wasm',
    tool: 'assemblyscript/bin/asc.js',
    args: ['assembly/index.ts', '--config', 'asconfig.json', '--target', 'release'],
  },
  ...[
    ['embedded', 'compiling the engine that modules are exported with'],
    ['embedded-scalar', 'compiling it without SIMD'],
  ].map(([name, doing]) => ({
    name,
    doing,
    sources: () => [...filesBelow('assembly', '.ts'), 'asconfig.json', ...tools],
    output: `dist/${name}.wasm`,
    tool: 'assemblyscript/bin/asc.js',
    args: ['assembly/embed/index.ts', '--config', 'asconfig.json', '--target', name],
  })),
  {
    name: 'typescript',
    doing: 'compiling TypeScript',
    sources: () => [...typescriptFolders.flatMap((folder) => filesBelow(folder, '.ts')), 'tsconfig.json', ...tools],
    output: 'dist/src/index.js',
    tool: 'typescript/bin/tsc',
    args: ['-p', 'tsconfig.json'],
  },
];

/**
 * True where every package of the lockfile lies in node_modules at its version, by npm's own record of what it put there.
 * Packages for other platforms are optional and absent.
 */
function installedByNpm() {
  const wanted = readJson(lockfile)?.packages;
  const present = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = present[path];
    if (found === undefined) return entry.optional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function isInstalled() {
  const hash = sha256(readFileSync(lockfile));
  if (readText(installStamp) === hash) return true;
  if (!installedByNpm()) return false;
  writeFileSync(installStamp, hash);
  return true;
}

/** The parts of dist/ that are missing or older than their sources, each with the hash it is to be stamped with. */
function staleParts() {
  const built = readJson(buildStamp) ?? {};
  return parts
    .map((part) => ({ ...part, hash: hashOf(part.sources()) }))
    .filter((part) => built[part.name] !== part.hash || !existsSync(join(root, part.output)));
}

/** Runs a command to its end and returns what it printed; its failure becomes a PrepareError that carries the output. */
function run(command, args, { shell = false, cure }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    children.add(child);
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => reject(new PrepareError(`${command} did not start: ${error.message}`, cure)));
    child.on('close', (code, signal) => {
      children.delete(child);
      if (code === 0) resolve(output);
      else
        reject(
          new PrepareError(
            `${basename(command)} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}:\n${output.trim()}`,
            cure,
          ),
        );
    });
  });
}

/** The npm that runs us if there is one (its version fits this Node), else the one in PATH. */
function npm(args, cure) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && basename(cli) === 'npm-cli.js' && existsSync(cli))
    return run(process.execPath, [cli, ...args], { cure });
  return run('npm', args, { shell: process.platform === 'win32', cure });
}

async function install() {
  const sinceMs = Date.now();
  const why = existsSync(join(root, 'node_modules')) ? 'package-lock.json changed' : 'the first time takes a minute';
  say(`installing packages (npm ci), ${why}`);
  // No package of the lockfile needs an install script, and the build tools are development dependencies of the checkout.
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  // npm's own pauses between retries (10 to 60 s a package) would hide an unreachable registry for many minutes.
  args.push('--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000');
  const ticking = setInterval(() => say(`still installing, ${seconds(sinceMs)}`), 30_000);
  try {
    await npm(
      args,
      'Check that the registry of `npm config get registry` can be reached, then run the same command again. (Where npm cannot reach it, ' +
        'it may say that the lockfile is out of sync; it is not, unless package.json was edited by hand.)',
    );
  } finally {
    clearInterval(ticking);
  }
  writeFileSync(installStamp, sha256(readFileSync(lockfile)));
  say(`packages installed in ${seconds(sinceMs)}`);
}

/** Removes what tsc wrote for sources that are gone, so that nothing imports or ships them by accident. */
function pruneOutputs() {
  const folders = ['src', 'assembly', 'bench', 'examples'];
  for (const folder of folders.filter((name) => existsSync(join(root, 'dist', name)))) {
    for (const path of filesBelow(`dist/${folder}`, '')) {
      const source = path.slice('dist/'.length).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
      if (source !== path.slice('dist/'.length) && !existsSync(join(root, source))) rmSync(join(root, path));
    }
  }
}

async function buildPart(part) {
  const sinceMs = Date.now();
  say(part.doing);
  // The stamp goes first: a build that is cut off must not look like a finished one.
  stampBuild(part.name, undefined);
  const tool = join(root, 'node_modules', part.tool);
  await run(process.execPath, [tool, ...part.args], { cure: 'Mend the sources named above, then run the same command again.' });
  if (part.name === 'typescript') {
    pruneOutputs();
    const bin = join(root, readJson(join(root, 'package.json')).bin.verdict);
    if (existsSync(bin)) chmodSync(bin, 0o755);
  }
  stampBuild(part.name, part.hash);
  say(`${relative(root, join(root, part.output))} built in ${seconds(sinceMs)}`);
}

function stampBuild(name, hash) {
  mkdirSync(dirname(buildStamp), { recursive: true });
  const stamp = readJson(buildStamp) ?? {};
  writeFileSync(buildStamp, JSON.stringify({ ...stamp, [name]: hash }));
}

/** Builds side by side, and lets every part end before it fails: a half-written output would follow the error otherwise. */
async function build(stale) {
  const results = await Promise.allSettled(stale.map(buildPart));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Tries to create the lock file; returns the id of the process that holds it, or undefined where we do now. */
function tryLock() {
  try {
    writeFileSync(lockPath, String(process.pid), { flag: 'wx' });
    return undefined;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return Number(readText(lockPath) ?? 0);
  }
}

/** Runs `action` while no other process installs or builds in this checkout. A lock whose process is gone is taken over. */
async function withLock(action) {
  mkdirSync(dirname(lockPath), { recursive: true });
  const sinceMs = Date.now();
  for (let waits = 0; ; waits++) {
    const holder = tryLock();
    if (holder === undefined) break;
    if (holder > 0 && !isAlive(holder)) {
      // The name holds the dead process's id, so of several that see it exactly one creates it and may remove the lock.
      const claim = `${lockPath}.${holder}`;
      try {
        writeFileSync(claim, '', { flag: 'wx' });
        if (Number(readText(lockPath)) === holder) rmSync(lockPath, { force: true });
        rmSync(claim, { force: true });
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
    } else if (waits === 0) say(`waiting for process ${holder}, which is installing or building here`);
    if (Date.now() - sinceMs > LOCK_WAIT_MS_MAX)
      throw new PrepareError(
        `process ${holder} has held ${lockPath} for too long`,
        `End it, delete that file, and run the same command again.`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  const unlock = () => {
    if (readText(lockPath) === String(process.pid)) unlinkSync(lockPath);
  };
  process.once('exit', unlock);
  try {
    return await action();
  } finally {
    unlock();
  }
}

async function main() {
  checkNode();
  if (isInstalled() && staleParts().length === 0) return;
  await withLock(async () => {
    if (!isInstalled()) await install();
    const stale = staleParts();
    if (stale.length > 0) await build(stale);
  });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof PrepareError)) throw error;
  console.error(`verdict: ${error.message}\n\nWhat to do: ${error.cure}`);
  process.exitCode = 1;
}
