// The server in a process of its own, for tests that end it.

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  child: ChildProcess;
  port: number;
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>;
}

const SERVER = fileURLToPath(import.meta.resolve('#src/server/server.js'));
const SIGNALS = fileURLToPath(import.meta.resolve('#src/server/signals.js'));

/**
 * Starts a server with these options (JSON). It runs until a signal, and never longer than this process, however that ends.
 * Rejects with what it wrote where it does not start.
 */
export async function spawnServer(options: object): Promise<ServerProcess> {
  const code = `
    process.stdin.resume().on('end', () => process.exit(1)); // a pipe that the starting process has open
    const { startServer } = await import(${JSON.stringify(SERVER)});
    const { runUntilSignal } = await import(${JSON.stringify(SIGNALS)});
    const server = await startServer(${JSON.stringify({ port: 0, ...options })});
    console.log(server.port);
    process.exit(await runUntilSignal(server));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const ended = new Promise<number | string>((resolve) => child.once('exit', (status, signal) => resolve(status ?? signal ?? '')));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(Number(chunk)));
    child.once('close', () => reject(new Error(`the server did not start: ${errors}`)));
  });
  return { child, port, ended };
}

const FLEET = fileURLToPath(import.meta.resolve('#src/server/fleet/fleet.js'));

/** Starts a fleet likewise; its processes end with it, whatever becomes of it. */
export async function spawnFleet(options: object): Promise<{ child: ChildProcess; pids: number[]; urls: string[] }> {
  const code = `
    process.stdin.resume().on('end', () => process.exit(1));
    const { startFleet } = await import(${JSON.stringify(FLEET)});
    const fleet = await startFleet(${JSON.stringify({ port: 0, portPerProcess: true, poolThreads: 0, ...options })});
    console.log(JSON.stringify({ pids: fleet.pids, urls: fleet.urls }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk)));
    child.once('close', () => reject(new Error(`the fleet did not start: ${errors}`)));
  });
  return { child, ...(JSON.parse(line) as { pids: number[]; urls: string[] }) };
}
