// Processes of the bare echo: as many as the target has ports.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { EAGER_FLAGS } from '../server/eager-flags.js';
import type { EchoOrder } from './echo-main.js';
import type { Address } from './order.js';

const ECHO = fileURLToPath(new URL('./echo-main.js', import.meta.url));

export interface Echo {
  readonly targets: readonly Address[];
  readonly pids: readonly number[];
  stop(): void;
}

/** Starts the echo. Rejects where a process does not come to listen. */
export async function startEcho(count: number, order: EchoOrder): Promise<Echo> {
  const children: ChildProcess[] = [];
  const stop = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    const ports = await Promise.all(
      Array.from({ length: count }, () => {
        const child = fork(ECHO, [], {
          serialization: 'advanced',
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
          execArgv: [...EAGER_FLAGS],
        });
        children.push(child);
        child.send(order, () => undefined);
        return new Promise<number>((resolve, reject) => {
          child.once('message', (message) => {
            const { port } = message as { port: number };
            if (port > 0) resolve(port);
            else reject(new Error('the echo cannot listen'));
          });
          child.once('exit', () => reject(new Error('the echo did not start')));
        });
      }),
    );
    return {
      targets: ports.map((port) => ({ host: order.host, port })),
      pids: children.map(({ pid }) => pid as number),
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}
