// Runs command lines one after the other in one process, each with streams, variables and a working directory of its own: what
// `verdict` does, less the start of Node and the loading of what commands share. An answer is sent when a process would have ended,
// that is when the command is through and nothing of it is left that keeps a process alive.

import { Readable, Writable } from 'node:stream';
import { runVerdict } from '#src/cli/verdict.js';

const POLL_MS = 5;

/** Whether nothing but the channel to the test keeps this process alive. */
function isIdle() {
  // Node lists the last read of `openAsBlob` until it is collected; it keeps nothing alive.
  const kinds = process.getActiveResourcesInfo().filter((kind) => kind !== 'FileHandleReadWrap');
  return kinds.length === 1 && kinds[0] === 'PipeWrap';
}

/** Gives the process a stream that collects what is written. */
function collect(name) {
  const chunks = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  Object.defineProperty(process, name, { value: stream, configurable: true });
  return () => Buffer.concat(chunks).toString();
}

async function run({ args, cwd, env, input }) {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = undefined;
  const stdout = collect('stdout');
  const stderr = collect('stderr');
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true });
  let thrown = '';
  try {
    await runVerdict([process.execPath, 'verdict', ...args]);
  } catch (error) {
    process.exitCode = 1;
    thrown = error.stack;
  }
  while (!isIdle()) await new Promise((resolve) => setTimeout(resolve, POLL_MS).unref());
  return { code: process.exitCode ?? 0, stdout: stdout(), stderr: stderr() + thrown };
}

let last = Promise.resolve();
process.on('message', ({ id, ...order }) => {
  last = last.then(async () => process.send({ id, ...(await run(order)) }));
});
process.on('disconnect', () => process.exit());
