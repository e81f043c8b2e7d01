// The only module that loads uWebSockets.js. The npm package holds one native binary for each platform and Node version, all
// built against glibc 2.38. Which file is loaded:
//
//   VERDICT_UWS is set          that file (or the file for this platform in that folder), as it is; the user vouches for it
//   glibc 2.38 or later         the package's file, as it is
//   glibc 2.36 and 2.37, x64    a copy retargeted by retarget.ts, in a cache folder; the package's own file is never touched
//   macOS, Windows              the package's file, as it is
//   anything else               an error that says what is supported
//
// A file of the package is only loaded where its sha256 is known, and a copy only where the copy's sha256 is.

import type * as uWebSockets from 'uWebSockets.js';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir, userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { retargetGlibc } from './retarget.js';
import { glibcVersion } from './system.js';

/** The part of the API that is common to current builds; nothing else of uWebSockets.js is used. */
export type Uws = Pick<typeof uWebSockets, 'App' | 'SSLApp' | 'us_listen_socket_close' | 'us_socket_local_port' | 'DISABLED'>;
export type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';

const VERSION = '20.57.0';

/** sha256 of each binary of the package by file name; a file that is not here is not loaded. */
const PUBLISHED: Record<string, string> = {
  'uws_linux_x64_115.node': '5b126ee00bf754b02e97e4c27090365a8562c5820c93f93918ac2212d4503e91',
  'uws_linux_x64_127.node': '4b55b1f2cb7a7913febbb65a89496412b96af77e838552980092ba6b33723aac',
  'uws_linux_x64_137.node': '98128405dba2fb608448e921a979530f70c946a2cc9889c15f2fa70c2d00ab05',
  'uws_linux_x64_141.node': '813d788b347c6fd76b779d8932311ec05a044e612b4b83af220f16e6ea789683',
  'uws_linux_arm64_115.node': '6bdbc8ff976b4371af1906175e9025804bacc38a414969f4f02314e6b99f206c',
  'uws_linux_arm64_127.node': '82b79bd18d1e3563de336156005bd01b7f39fc387b65173d69a29da4ee79f895',
  'uws_linux_arm64_137.node': '88618b30ddf6b2b62310db89f40a701616676352aac5e0f6184dd8ef876199ce',
  'uws_linux_arm64_141.node': '81d0186dd1549ed6a7f47e68e323573fc27d69d2920527654ce2dd993af2b0ec',
  'uws_darwin_x64_115.node': 'f661b97951ffdf54324e514becda0a2740f723c9fd3c7098e812a0e7714651ed',
  'uws_darwin_x64_127.node': 'fd551673f3ce1f104d7cec3ba8f628d9d04853eff1045c9d95983372ed90bca0',
  'uws_darwin_x64_137.node': '98fd7e9456e2d37d3262b05b053d673830927f91c63c0c2ae73bde8d19eef293',
  'uws_darwin_x64_141.node': 'e64e8a42347b5f9861b0f2bfa0981d8e48914e9b26ec73e133ba454d9a580777',
  'uws_darwin_arm64_115.node': 'e92644395ac8d37cb078098f843fb1b82e59701832f38fed00a9bdcfb87ba939',
  'uws_darwin_arm64_127.node': '6180345d453e2e113feb2b0d76376493cd6a90056c3483fc22de7b0c340dc231',
  'uws_darwin_arm64_137.node': '2187391c702fa7ad3bf685eff7712c15cf24fa7cf324a131dfcbae3fd0f20a9a',
  'uws_darwin_arm64_141.node': '8555586f69116620ac17540b2a7a2459c5db1cebee5c36fd77157dd352fabf82',
  'uws_win32_x64_115.node': '1ffbe9b09607fd9c90e98661383de2bd844b06d4f25ab502f3361d8d8fac559f',
  'uws_win32_x64_127.node': 'b4fa85dd015d6d32655f75e9d5b2480124b7649d9265a2b84d8dafe37f88f838',
  'uws_win32_x64_137.node': '84ae72d2149e6ffa2a44063344073599027b1ce8bffaab3957903f966b0c6bb9',
  'uws_win32_x64_141.node': '59346e454b89d2d0ed1609b7581683bb9fde7edaf3b3f04fe4f6fe03e34c8afd',
};

/** sha256 of the retargeted copy by file name. */
const RETARGETED: Record<string, string> = {
  'uws_linux_x64_115.node': '0b40a7ff2a1e1d38e8d34ac9b69bf5cf757fcbbbe56fe3bc981ee5c664ebf314',
  'uws_linux_x64_127.node': '65537716292c5b3d9ee617914eeed1e4496f092f001c33504e8a9a0f12780f59',
  'uws_linux_x64_137.node': '2630bb59236deeadf501d6abaf79c1a655b4a0b78579fba408eea84d1a30f6ca',
  'uws_linux_x64_141.node': 'eea6f5f0ce9e2405a81ddb885b647c40bb5ebc2a06e48852f8af74290f79c543',
};

const SUPPORTED =
  'Supported: Node 20, 22, 24 and 25 on Linux x64 (glibc 2.36 or later), Linux arm64 (glibc 2.38 or later), macOS and Windows x64. ' +
  'Alpine (musl) is not. VERDICT_UWS may name an official uWebSockets.js build instead.';

const NOTICE = `This is a changed copy of a binary of uWebSockets.js ${VERSION} (npm: @btc-vision/uwebsockets.js), Apache License 2.0.
Changed by Verdict: the imports __isoc23_strtol, __isoc23_strtoul and __isoc23_sscanf (glibc 2.38) are bound to strtol, strtoul
and sscanf (glibc 2.2.5), so that it loads on glibc 2.36 and 2.37. Nothing else differs. It may be deleted; it is made again.
`;

/** What decides which file is loaded; every part has a default and is given only in tests. */
export interface UwsSource {
  platform?: string;
  arch?: string;
  /** process.versions.modules */
  abi?: string;
  /** Running glibc, e.g. `2.36`; undefined where there is none. */
  glibc?: string | undefined;
  /** Folder of the npm package. */
  packageFolder?: string;
  /** Folders for the retargeted copy; the first that can be written is used. */
  cacheFolders?: readonly string[];
  /** VERDICT_UWS; '' = not set. */
  override?: string;
}

export interface UwsBinary {
  path: string;
  kind: 'override' | 'package' | 'retargeted';
}

/**
 * Loads uWebSockets.js for this process (once per path; later calls return the same module).
 * Throws an Error that names the cause and what is supported.
 */
export function loadUws(source: UwsSource = {}): { uws: Uws; binary: UwsBinary } {
  const binary = findUws(source);
  const module = { exports: {} as Uws };
  try {
    process.dlopen(module, binary.path);
  } catch (error) {
    throw fail(`${binary.path} could not be loaded: ${(error as Error).message}`);
  }
  if (typeof module.exports.App !== 'function') throw fail(`${binary.path} is not uWebSockets.js`);
  return { uws: module.exports, binary };
}

/** Finds the file to load, and makes the retargeted copy where one is needed. Throws as loadUws does. */
export function findUws(source: UwsSource = {}): UwsBinary {
  const platform = source.platform ?? process.platform;
  const arch = source.arch ?? process.arch;
  const abi = source.abi ?? process.versions.modules;
  const file = `uws_${platform}_${arch}_${abi}.node`;

  const override = source.override ?? process.env.VERDICT_UWS ?? '';
  if (override !== '') return { path: findOverride(override, file), kind: 'override' };

  const published = PUBLISHED[file];
  if (published === undefined)
    throw fail(`there is no uWebSockets.js binary for ${platform} ${arch} and Node ${process.version} (ABI ${abi})`);
  const glibc = 'glibc' in source ? source.glibc : glibcVersion();
  if (platform === 'linux' && glibc === undefined) throw fail('this system has no glibc');

  const path = join(source.packageFolder ?? packageFolder(), file);
  const bytes = readBinary(path);
  const hash = sha256(bytes);
  if (hash !== published) throw fail(`${path} is not the file that was published (sha256 ${hash}); install the dependencies again`);
  if (platform !== 'linux' || atLeast(glibc as string, 38)) return { path, kind: 'package' };

  const wanted = RETARGETED[file];
  if (wanted === undefined || !atLeast(glibc as string, 36)) throw fail(`glibc ${glibc} is too old for ${file}`);
  return { path: makeCopy(bytes, hash, wanted, source.cacheFolders ?? cacheFolders()), kind: 'retargeted' };
}

/** A copy that is already there is used if its sha256 is right, and written again if not. */
function makeCopy(bytes: Uint8Array, hash: string, wanted: string, folders: readonly string[]): string {
  const refusals: string[] = [];
  for (const folder of folders) {
    const path = join(folder, `uws-${VERSION}-${hash.slice(0, 16)}.node`);
    try {
      claimFolder(folder);
      if (existsSync(path) && sha256(readFileSync(path)) === wanted) return path;
      const copy = retargetGlibc(bytes);
      if (sha256(copy) !== wanted) throw new Error('the retargeted copy is not the one that was tested');
      // Many processes may start at once: each writes its own file, and the last rename wins with the same bytes.
      writeWhole(path, copy);
      writeWhole(`${path}.NOTICE.txt`, NOTICE);
      return path;
    } catch (error) {
      refusals.push(`${folder}: ${(error as Error).message}`);
    }
  }
  throw fail(`uWebSockets.js needs a copy for glibc below 2.38, and no folder takes it (${refusals.join('; ')})`);
}

function writeWhole(path: string, content: Uint8Array | string): void {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Code is loaded from this folder: it must be ours, and nobody else may write to it. */
function claimFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  const uid = process.getuid?.();
  if (!stat.isDirectory()) throw new Error('not a folder');
  if (uid !== undefined && (stat.uid !== uid || (stat.mode & 0o022) !== 0)) throw new Error('others may write to it');
}

function cacheFolders(): string[] {
  const xdg = process.env.XDG_CACHE_HOME ?? '';
  const home = isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return [join(home, 'verdict'), join(tmpdir(), `verdict-${process.getuid?.() ?? userInfo().username}`)];
}

function findOverride(override: string, file: string): string {
  const path = resolve(override);
  const found = existsSync(path) && statSync(path).isDirectory() ? join(path, file) : path;
  if (!existsSync(found)) throw fail(`VERDICT_UWS names ${found}, which does not exist`);
  return found;
}

/** The package's `exports` hide its binaries, so the folder is found by its main module. */
function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('uWebSockets.js'));
  } catch {
    throw fail('the package uWebSockets.js is not installed');
  }
}

function readBinary(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw fail(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** `2.41` is at least 2.`minor`; a later major version is too. */
function atLeast(glibc: string, minor: number): boolean {
  const [major = 0, own = 0] = glibc.split('.').map(Number);
  return major > 2 || (major === 2 && own >= minor);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function fail(cause: string): Error {
  return new Error(`The HTTP server cannot start: ${cause}. ${SUPPORTED}`);
}
