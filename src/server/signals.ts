// From a signal to an exit code.

import type { Log } from './config.js';

/** Conventional exit code of a process that was interrupted. */
const INTERRUPTED = 130;

/** A server, or a fleet of them. */
export interface Stoppable {
  reload(): Promise<void>;
  stop(): Promise<boolean>;
}

/**
 * Waits for SIGTERM or SIGINT, stops the server, and resolves to the exit code: 0 where everything was answered, 1 where
 * something was still owed at the deadline. A second signal ends the process at once, with 130. SIGHUP has keys and certificates
 * read again.
 */
export function runUntilSignal(server: Stoppable, log?: Log): Promise<number> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const onHangUp = () => {
      server.reload().catch((error: unknown) => log?.error({ err: error }, 'keys and certificates could not be read again'));
    };
    const onSignal = () => {
      if (stopping) process.exit(INTERRUPTED);
      stopping = true;
      server.stop().then((drained) => {
        process.off('SIGTERM', onSignal);
        process.off('SIGINT', onSignal);
        process.off('SIGHUP', onHangUp);
        resolve(drained ? 0 : 1);
      }, reject);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    process.on('SIGHUP', onHangUp);
  });
}
