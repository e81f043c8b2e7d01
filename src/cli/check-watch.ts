// verdict check --watch: checks a bundle directory again whenever a file in it changes.

import { resolve } from 'node:path';
import type { ProfileName } from '../bundle/bundle.js';
import { createChecker } from '../compiler/checking.js';
import { countOf, diagnosticsJson, printDiagnostics, readBundlePath } from './bundle-dir.js';
import { printOpen } from './check-report.js';
import { EXIT_NO, EXIT_OK, UsageError } from './errors.js';
import { type Output, plural } from './output.js';
import { clearTerminal, watchDirectory } from './watch.js';

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
  const check = async (): Promise<number> => {
    const started = performance.now();
    const { files } = await readBundlePath(path);
    const { diagnostics, notProven } = checker.check(files);
    const millis = Math.round(performance.now() - started);
    const errors = countOf(diagnostics, 'error');
    const code = errors === 0 ? EXIT_OK : EXIT_NO;
    if (output.json) {
      const warnings = countOf(diagnostics, 'warning');
      const line = { ok: errors === 0, errors, warnings, millis, diagnostics: diagnosticsJson(diagnostics, files), notProven };
      process.stdout.write(`${JSON.stringify(line)}\n`);
      return code;
    }
    clearTerminal();
    printDiagnostics(diagnostics, files, output);
    printOpen(notProven, output);
    if (diagnostics.length === 0) output.line(output.paint('no problems', 'green'));
    output.line(output.paint(`checked ${plural(files.size, 'file')} in ${millis} ms; watching ${resolve(path)}`, 'dim'));
    return code;
  };
  return watchDirectory(path, check);
}
