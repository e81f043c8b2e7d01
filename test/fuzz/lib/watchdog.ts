// A thread that looks on: where an input never ends, it prints it and ends the process, which the hanging thread cannot do.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const INPUT_MAX = 1 << 20;
const HANG_MS = 60_000;

/** [0] inputs begun, [1] 1 while one runs, [2] its bytes */
const state = new Int32Array(new SharedArrayBuffer(16));
const input = new Uint8Array(new SharedArrayBuffer(INPUT_MAX));

export const crashFolder = fileURLToPath(new URL('../../../.cache/fuzz/crashes/', import.meta.url));

const WORKER = `
const { workerData: { state, input, ms, folder }, parentPort } = require('node:worker_threads');
const { writeFileSync } = require('node:fs');
let last = -1;
setInterval(() => {
  if (state[1] === 1 && state[0] === last) {
    const path = folder + 'hang-' + process.pid;
    writeFileSync(path, Buffer.from(input.slice(0, state[2])));
    writeFileSync(2, 'an input does not end: ' + path + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
  last = state[0];
}, ms);
`;

/** Begins to look on. The thread does not keep the process alive. */
export function watch(): void {
  mkdirSync(crashFolder, { recursive: true });
  const worker = new Worker(WORKER, { eval: true, execArgv: [], workerData: { state, input, ms: HANG_MS, folder: crashFolder } });
  worker.unref();
  // A promise that nothing will ever settle ends the process.
  process.once('exit', () => {
    if (state[1] !== 1) return;
    const path = `${crashFolder}unsettled-${process.pid}`;
    writeFileSync(path, input.slice(0, state[2]));
    console.log(`an input's promise is never settled: ${path}`);
    process.exitCode = 1;
  });
}

export function begin(data: Uint8Array): void {
  input.set(data.subarray(0, INPUT_MAX));
  state[2] = Math.min(data.length, INPUT_MAX);
  state[1] = 1;
  state[0]!++;
}

export function end(): void {
  state[1] = 0;
}
