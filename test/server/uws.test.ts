import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retargetGlibc } from '#src/server/retarget.js';
import { findUws, loadUws, type UwsSource } from '#src/server/uws.js';

const packageFolder = dirname(createRequire(import.meta.url).resolve('uWebSockets.js'));
const linux = process.platform === 'linux' && process.arch === 'x64';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verdict-uws-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(tmpdir(), `verdict-second-${process.pid}`), { recursive: true, force: true });
});

/** What findUws does for a machine of this description: the kind of file, or the error. */
function check(source: UwsSource): string {
  try {
    return findUws({
      override: '',
      platform: 'linux',
      arch: 'x64',
      abi: '115',
      glibc: '2.36',
      cacheFolders: [join(folder, 'cache')],
      ...source,
    }).kind;
  } catch (error) {
    return (error as Error).message;
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('which file is loaded', () => {
  const cases: [string, UwsSource, string | RegExp][] = [
    ['glibc 2.36', {}, 'retargeted'],
    ['glibc 2.37', { glibc: '2.37' }, 'retargeted'],
    ['glibc 2.38', { glibc: '2.38' }, 'package'],
    ['glibc 2.41', { glibc: '2.41' }, 'package'],
    ['glibc 3.0', { glibc: '3.0' }, 'package'],
    ['glibc 2.35', { glibc: '2.35' }, /glibc 2\.35 is too old/],
    ['musl', { glibc: undefined }, /no glibc.*Alpine/],
    ['arm64, glibc 2.38', { arch: 'arm64', glibc: '2.38' }, 'package'],
    ['arm64, glibc 2.36', { arch: 'arm64' }, /too old for uws_linux_arm64_115/],
    ['Node 22', { abi: '127' }, 'retargeted'],
    ['Node 24', { abi: '137' }, 'retargeted'],
    ['Node 25', { abi: '141' }, 'retargeted'],
    ['Node 26', { abi: '147' }, /no uWebSockets\.js binary for linux x64.*ABI 147.*Supported: Node 20, 22, 24 and 25/],
    ['macOS', { platform: 'darwin', arch: 'arm64', glibc: undefined }, 'package'],
    ['Windows', { platform: 'win32', glibc: undefined }, 'package'],
    ['FreeBSD', { platform: 'freebsd', glibc: undefined }, /no uWebSockets\.js binary for freebsd/],
    ['no package', { packageFolder: '/nowhere' }, /cannot be read/],
    ['no cache folder', { cacheFolders: [`${process.execPath}/none`] }, /no folder takes it \(.*none: /],
    [
      'the second cache folder',
      { cacheFolders: [`${process.execPath}/none`, join(tmpdir(), `verdict-second-${process.pid}`)] },
      'retargeted',
    ],
    ['VERDICT_UWS to nothing', { override: '/nowhere/uws.node' }, /VERDICT_UWS names \/nowhere\/uws\.node/],
    ['VERDICT_UWS to a folder', { override: packageFolder }, 'override'],
    ['VERDICT_UWS to a file', { override: join(packageFolder, 'uws_linux_x64_115.node') }, 'override'],
  ];
  it.each(cases)('%s', (_, source, expected) => {
    if (typeof expected === 'string') expect(check(source)).toBe(expected);
    else expect(check(source)).toMatch(expected);
  });
});

describe('the copy', () => {
  it('is made outside the package, beside a notice, readable only by its owner', () => {
    const cache = join(folder, 'fresh');
    const before = sha256(readFileSync(join(packageFolder, 'uws_linux_x64_115.node')));
    expect(check({ cacheFolders: [cache] })).toBe('retargeted');
    expect(readdirSync(cache).sort()).toEqual([
      'uws-20.57.0-5b126ee00bf754b0.node',
      'uws-20.57.0-5b126ee00bf754b0.node.NOTICE.txt',
    ]);
    expect(readFileSync(join(cache, 'uws-20.57.0-5b126ee00bf754b0.node.NOTICE.txt'), 'utf8')).toContain('changed copy');
    expect(sha256(readFileSync(join(packageFolder, 'uws_linux_x64_115.node')))).toBe(before);
  });

  it('is written again where it was damaged', () => {
    const cache = join(folder, 'damaged');
    const { path } = findUws({ override: '', platform: 'linux', arch: 'x64', abi: '115', glibc: '2.36', cacheFolders: [cache] });
    const whole = sha256(readFileSync(path));
    writeFileSync(path, readFileSync(path).subarray(0, 1000));
    expect(check({ cacheFolders: [cache] })).toBe('retargeted');
    expect(sha256(readFileSync(path))).toBe(whole);
  });

  it('is not taken from a folder that others may write to', () => {
    const cache = join(folder, 'open');
    mkdirSync(cache);
    chmodSync(cache, 0o777);
    expect(check({ cacheFolders: [cache] })).toMatch(/others may write to it/);
  });

  it('is never made from an unknown binary', () => {
    const copy = join(folder, 'package');
    mkdirSync(copy);
    const path = join(copy, 'uws_linux_x64_115.node');
    copyFileSync(join(packageFolder, 'uws_linux_x64_115.node'), path);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    for (const glibc of ['2.36', '2.38'])
      expect(check({ packageFolder: copy, glibc })).toMatch(/is not the file that was published \(sha256 [0-9a-f]{64}\)/);
  });
});

describe('retargetGlibc', () => {
  it('refuses what it was not written for', () => {
    expect(() => retargetGlibc(new Uint8Array(100))).toThrow('not an ELF64 file');
    const arm = readFileSync(join(packageFolder, 'uws_linux_arm64_115.node'));
    expect(() => retargetGlibc(arm)).toThrow('libc.so.6 is not asked for GLIBC_2.38 and GLIBC_2.2.5');
    const once = retargetGlibc(readFileSync(join(packageFolder, 'uws_linux_x64_115.node')));
    expect(() => retargetGlibc(once)).toThrow('libc.so.6 is not asked for');
  });
});

describe('loadUws', () => {
  it('loads on this machine', () => {
    const { uws, binary } = loadUws();
    expect(typeof uws.App).toBe('function');
    expect(binary.path).not.toBe('');
  });

  it('names the cause where the file cannot be loaded', () => {
    const path = join(folder, 'damaged.node');
    writeFileSync(path, 'not a binary');
    expect(() => loadUws({ override: path })).toThrow(/damaged\.node could not be loaded: .*Supported: Node 20/);
  });

  it.skipIf(!linux)('starts eight processes at once on an empty cache folder', async () => {
    const cache = join(folder, 'race');
    const module = fileURLToPath(import.meta.resolve('#src/server/uws.js'));
    const code = `import(${JSON.stringify(module)}).then((m) => {
      const { uws } = m.loadUws({ glibc: '2.36', cacheFolders: [${JSON.stringify(cache)}] });
      uws.App().listen('127.0.0.1', 0, (token) => { uws.us_listen_socket_close(token); console.log('up'); });
    })`;
    const starts = Array.from({ length: 8 }, () => {
      const child = spawn(process.execPath, ['-e', code], {
        env: { ...process.env, VERDICT_UWS: '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      return new Promise<string>((settle) => child.on('close', (status) => settle(`${out.trim()} ${status}`)));
    });
    expect(await Promise.all(starts)).toEqual(Array(8).fill('up 0'));
    expect(readdirSync(cache).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
