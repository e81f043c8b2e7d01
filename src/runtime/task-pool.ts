// One background thread for long work that is not a decision (compiling a bundle), so that the I/O thread goes on answering.
// Tasks run one at a time, in order; the thread starts at the first and goes when there has been none for a while.

import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

const IDLE_MS_MAX = 10_000;

/** Whoever runs functions of a thread entry. */
export interface TaskRunner {
  /** Runs an exported function of the entry. Rejects with what it throws, or where its thread dies (out of memory). */
  run<Task, Result>(name: string, task: Task): Promise<Result>;
}

export class TaskPool implements TaskRunner {
  private piscina: Piscina | undefined;
  private last: Promise<unknown> = Promise.resolve();

  /** @param file thread entry; each task names the function it exports */
  constructor(private readonly file: URL) {}

  run<Task, Result>(name: string, task: Task): Promise<Result> {
    // One after the other by this chain, not by piscina's queue: a thread that dies must not leave tasks waiting in it.
    const result = this.last.then(() => this.start().run(task, { name }) as Promise<Result>);
    this.last = result.catch(() => {});
    return result;
  }

  /** Waits for the tasks in hand, then stops the thread. */
  async close(): Promise<void> {
    await this.last;
    await this.piscina?.destroy();
    this.piscina = undefined;
  }

  private start(): Piscina {
    if (this.piscina !== undefined) return this.piscina;
    const piscina = new Piscina({
      filename: fileURLToPath(this.file),
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: IDLE_MS_MAX,
      atomics: 'disabled',
      recordTiming: false,
    });
    // The thread failed without a task, e.g. while it started: begin anew at the next.
    piscina.on('error', () => {
      if (this.piscina === piscina) this.piscina = undefined;
      void piscina.destroy();
    });
    this.piscina = piscina;
    return piscina;
  }
}
