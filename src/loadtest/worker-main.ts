// Entry of a process of the load tester. It does what its parent says, and ends with it.

import type { FromWorker, ToWorker } from './order.js';
import { Worker } from './worker.js';

let worker: Worker | undefined;

const tell = (message: FromWorker): void => {
  process.send?.(message);
};

function take(message: ToWorker): void {
  if (message.kind === 'order') {
    worker = new Worker(message.order, tell);
    void worker.connect();
  } else if (message.kind === 'stop') worker?.stop();
  else {
    // the parent, which has heard all then, closes the channel
    void worker?.run(message.atMicros);
  }
}

// Ctrl-C in a terminal reaches every process; the parent says what follows.
process.on('SIGINT', () => {});
process.on('message', (message) => take(message as ToWorker));
process.once('disconnect', () => process.exit());
