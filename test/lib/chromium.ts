// Chromium without a window, and with no way to any other machine; each start has a profile of its own, which goes with it.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** The program; undefined where it is not installed. */
export const CHROMIUM = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((path) => existsSync(path));

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  // Addresses of this machine are never asked for by way of a proxy.
  ...['--disable-sync', '--disable-component-update', '--proxy-server=127.0.0.1:9'],
];

async function withProfile<T>(use: (flags: readonly string[]) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), 'verdict-chromium-'));
  try {
    return await use([...FLAGS, `--user-data-dir=${profile}`]);
  } finally {
    await removeProfile(profile);
  }
}

/** What is left of the browser may still write there: what appears meanwhile is removed as well. */
async function removeProfile(profile: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(profile, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The document of a page as it is when its scripts have run. */
export function dumpPage(url: string): Promise<string> {
  return withProfile(async (flags) => {
    const { stdout } = await promisify(execFile)(CHROMIUM as string, [...flags, '--dump-dom', url], { maxBuffer: 1 << 26 });
    return stdout;
  });
}

/** A page as PDF, as a reader would print it. */
export function printPage(url: string): Promise<Uint8Array> {
  return withProfile(async (flags) => {
    const folder = mkdtempSync(join(tmpdir(), 'verdict-pdf-'));
    const file = join(folder, 'page.pdf');
    try {
      await promisify(execFile)(CHROMIUM as string, [
        ...flags,
        '--no-pdf-header-footer',
        '--disable-pdf-tagging',
        `--print-to-pdf=${file}`,
        url,
      ]);
      return readFileSync(file);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

/** Shows a page until `said` is there, which the page makes happen. Rejects where Chromium ends before. */
export function showPage<T>(url: string, said: Promise<T>): Promise<T> {
  return withProfile(async (flags) => {
    const browser: ChildProcess = spawn(CHROMIUM as string, [...flags, url], { stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => browser.once('close', () => resolve()));
    try {
      return await Promise.race([said, ended.then(() => Promise.reject(new Error('Chromium has ended')))]);
    } finally {
      browser.kill();
      await ended;
    }
  });
}
