// Does something again whenever a file of a directory changes.

import { watch } from 'node:fs';

/** An editor writes a file in several steps; what follows within this time is one change. */
const QUIET_MILLIS = 50;

/**
 * Calls `run` at once and after each change below a directory, one call at a time, until SIGINT or SIGTERM.
 * @returns the exit code that the last call gave
 */
export function watchDirectory(path: string, run: () => Promise<number>): Promise<number> {
  let code = 0;
  const call = async (): Promise<void> => {
    code = await run();
  };
  return new Promise((done, fail) => {
    let timer: NodeJS.Timeout | undefined;
    let running = Promise.resolve();
    const again = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        running = running.then(call).catch(stop);
      }, QUIET_MILLIS);
    };
    // Watched before it is read: no change falls between.
    const watcher = watch(path, { recursive: true }, again);
    const stop = (error?: unknown): void => {
      clearTimeout(timer);
      watcher.close();
      process.off('SIGINT', end).off('SIGTERM', end);
      // A call that is under way ends first: what it uses is the caller's.
      if (error === undefined) void running.then(() => done(code));
      else fail(error instanceof Error ? error : new Error(String(error)));
    };
    const end = (): void => stop();
    process.on('SIGINT', end).on('SIGTERM', end);
    watcher.on('error', stop);
    running = call().catch(stop);
  });
}

/** A terminal starts afresh; what is written to a file is kept. */
export function clearTerminal(): void {
  if (process.stdout.isTTY === true) process.stdout.write('\u001b[2J\u001b[3J\u001b[H');
}
