// Places lists where nothing else is done on lists: small ones at once, larger ones on a thread that goes when it has been idle.
// The code for it is loaded with the first list: a process that has none stays small.

import { TaskPool, type TaskRunner } from '../runtime/task-pool.js';
import type { PlaceTask } from './list-worker.js';

/** Copying and verifying as many takes about a millisecond. */
const AT_ONCE_BYTES = 256 * 1024;

export class ListPlacer implements TaskRunner {
  private readonly pool = new TaskPool(new URL('./list-worker.js', import.meta.url));

  async run<Task, Result>(name: string, task: Task): Promise<Result> {
    const { block } = task as PlaceTask;
    if (name !== 'placeList' || block.bytes > AT_ONCE_BYTES) return this.pool.run<Task, Result>(name, task);
    const { placeList } = await import('./list-worker.js');
    return placeList(task as PlaceTask) as Result;
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
