// Runs the built command line: in a process of its own, as a user would; or in one that runs command after command, which says the
// same (usage.test.ts compares them) in a fifth of the processor time: 77 s have become 14 s in the tests of check, eval and usage.

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MAIN = join(ROOT, 'dist/src/cli/main.js');

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Standard input. */
  input?: string;
}

/** The environment of a child: ours without VERDICT_* and colours, with what is given. */
export function childEnv(env: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([key]) => !key.startsWith('VERDICT_') && !key.startsWith('FORCE_'));
  return { ...Object.fromEntries(kept), ...env };
}

/** Starts the command line; the caller ends it. */
export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { cwd: options.cwd ?? ROOT, env: childEnv(options.env) });
}

/** Runs the command line to its end, in a process of its own. */
export function runProcess(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = startCli(args, options);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const HOST = fileURLToPath(new URL('./cli-host.mjs', import.meta.url));
let host: ChildProcess | undefined;
let asked = 0;

/** Runs the command line to its end, in the process that all calls of a test file share. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  host ??= fork(HOST, { env: childEnv(), execArgv: [] });
  const running = host;
  const id = asked++;
  return new Promise((resolve, reject) => {
    const onAnswer = ({ id: answered, ...result }: CliResult & { id: number }): void => {
      if (answered !== id) return;
      settle();
      resolve(result);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      settle();
      host = undefined;
      reject(new Error(`the process of the command line has ended (${signal ?? code}) in verdict ${args.join(' ')}`));
    };
    const settle = (): void => {
      running.off('message', onAnswer).off('exit', onExit);
    };
    running.on('message', onAnswer).once('exit', onExit);
    running.send({ id, args, cwd: options.cwd ?? ROOT, env: childEnv(options.env), input: options.input ?? '' });
  });
}

/** Runs a command with --json and reads its answer. */
export async function runJson<T>(
  args: readonly string[],
  options: CliOptions & { run?: typeof runCli } = {},
): Promise<{ code: number | null; json: T }> {
  const { code, stdout, stderr } = await (options.run ?? runCli)([...args, '--json'], options);
  try {
    return { code, json: JSON.parse(stdout) as T };
  } catch {
    throw new Error(`not JSON (exit code ${code}): ${stdout}\n${stderr}`);
  }
}

/** A directory of its own for a test file; `remove` clears it away. */
export function makeTempDir(): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'verdict-cli-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }) };
}
