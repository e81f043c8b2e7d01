// A worker without piscina: it is woken by a message or by a futex, and answers by a message or by a futex.

import { type MessagePort, workerData } from 'node:worker_threads';
import type { DecideTask } from '../../src/runtime/task.js';
import { runTask } from './task.js';

export interface WorkerSetup {
  readonly kind: 'port' | 'futex';
  readonly port: MessagePort;
  /** Requests and answers so far. */
  readonly counts: Int32Array;
}

const { kind, port, counts } = workerData as WorkerSetup;

if (kind === 'port') {
  port.on('message', (task: DecideTask) => port.postMessage(runTask(task)));
} else {
  for (let seen = 0; seen >= 0; ) {
    Atomics.wait(counts, 0, seen);
    const now = Atomics.load(counts, 0);
    if (now < 0) break;
    seen = now;
    Atomics.store(counts, 1, seen);
    Atomics.notify(counts, 1);
  }
  port.close();
}
