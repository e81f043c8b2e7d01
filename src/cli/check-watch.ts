// verdict check --watch: checks a bundle directory again whenever a file in it changes.

import { watch } from 'node:fs';
import { resolve } from 'node:path';
import type { ProfileName } from '../bundle/bundle.js';
import { createChecker } from '../compiler/checking.js';
import { countOf, diagnosticsJson, printDiagnostics, readBundlePath } from './bundle-dir.js';
import { printOpen } from './check-report.js';
import { EXIT_NO, EXIT_OK, UsageError } from './errors.js';
import { type Output, plural } from './output.js';

/** An editor writes a file in several steps; what follows within this time is one change. */
const QUIET_MILLIS = 50;

export interface WatchOptions {
  profileMax: ProfileName;
  costMax?: number;
  fix: boolean;
  sarif?: string;
  writeLock: boolean;
}

/**
 * Checks until SIGINT or SIGTERM. With --json, each check is one line.
 * @returns the exit code of the last check
 * @throws UsageError where the path is no directory
 */
export async function watchBundle(path: string, options: WatchOptions, output: Output): Promise<number> {
  if (options.fix || options.writeLock || options.sarif !== undefined)
    throw new UsageError('--watch writes nothing', 'leave out --fix, --write-lock and --sarif');
  if ((await readBundlePath(path)).dir === undefined) throw new UsageError('--watch needs a bundle directory');
  const { profileMax, costMax } = options;
  const checker = createChecker({ profileMax, ...(costMax === undefined ? {} : { costMax }) });
  let code = EXIT_OK;
  const check = async (): Promise<void> => {
    const started = performance.now();
    const { files } = await readBundlePath(path);
    const { diagnostics, notProven } = checker.check(files);
    const millis = Math.round(performance.now() - started);
    const errors = countOf(diagnostics, 'error');
    code = errors === 0 ? EXIT_OK : EXIT_NO;
    if (output.json) {
      const warnings = countOf(diagnostics, 'warning');
      const line = { ok: errors === 0, errors, warnings, millis, diagnostics: diagnosticsJson(diagnostics, files), notProven };
      process.stdout.write(`${JSON.stringify(line)}\n`);
      return;
    }
    // A terminal starts afresh with each check; what is written to a file is kept.
    if (process.stdout.isTTY === true) process.stdout.write('\u001b[2J\u001b[3J\u001b[H');
    printDiagnostics(diagnostics, files, output);
    printOpen(notProven, output);
    if (diagnostics.length === 0) output.line(output.paint('no problems', 'green'));
    output.line(output.paint(`checked ${plural(files.size, 'file')} in ${millis} ms; watching ${resolve(path)}`, 'dim'));
  };
  return new Promise((done, fail) => {
    let timer: NodeJS.Timeout | undefined;
    let running = Promise.resolve();
    const again = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        running = running.then(check).catch(stop);
      }, QUIET_MILLIS);
    };
    // Watched before it is read: no change falls between.
    const watcher = watch(path, { recursive: true }, again);
    const stop = (error?: unknown): void => {
      clearTimeout(timer);
      watcher.close();
      process.off('SIGINT', end).off('SIGTERM', end);
      if (error === undefined) done(code);
      else fail(error instanceof Error ? error : new Error(String(error)));
    };
    const end = (): void => stop();
    process.on('SIGINT', end).on('SIGTERM', end);
    watcher.on('error', stop);
    running = check().catch(stop);
  });
}
