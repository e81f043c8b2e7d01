// A process of a bench and its parent: calls by name over Node's IPC channel, one at a time.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

type Handler = (argument: never) => unknown | Promise<unknown>;
export type Handlers = Record<string, Handler>;

interface Call {
  readonly method: string;
  readonly argument: unknown;
}

type Answer = { readonly result: unknown } | { readonly error: string };

/** Processor time of the calling process, user and system. */
export function cpuMillis(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** In the child: answers calls from the parent, and ends when the parent has gone. */
export function serveCalls(handlers: Handlers): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', async ({ method, argument }: Call) => {
    let answer: Answer;
    try {
      const handler = handlers[method];
      if (!handler) throw new Error(`there is no method ${method}`);
      answer = { result: await handler(argument as never) };
    } catch (error) {
      answer = { error: (error as Error).stack ?? String(error) };
    }
    process.send!(answer);
  });
}

/** In the parent: a running child. */
export class Child<H extends Handlers> {
  private constructor(private readonly process: ChildProcess) {}

  /** Starts a module that calls `serveCalls`. */
  static start<H extends Handlers>(module: URL): Child<H> {
    const child = fork(module, {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new Child<H>(child);
  }

  /** Calls a handler of the child and waits for its answer. Throws what it threw, or where the child has ended. */
  async call<M extends keyof H & string>(method: M, argument: Parameters<H[M]>[0]): Promise<Awaited<ReturnType<H[M]>>> {
    const ended = new AbortController();
    const exit = once(this.process, 'exit', { signal: ended.signal }).then(
      ([code]) => ({ error: `the process has ended with ${code}` }),
      () => ({ error: 'answered' }),
    );
    const answered = once(this.process, 'message', { signal: ended.signal }).then(([answer]) => answer as Answer);
    this.process.send({ method, argument } satisfies Call);
    const answer = await Promise.race([answered, exit]);
    ended.abort();
    answered.catch(() => {});
    if ('error' in answer) throw new Error(answer.error);
    return answer.result as Awaited<ReturnType<H[M]>>;
  }

  /** Ends the child and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exit = once(this.process, 'exit');
    this.process.disconnect();
    await exit;
  }
}
