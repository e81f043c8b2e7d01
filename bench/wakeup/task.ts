import { type DecideTask, TaskResult } from '../../src/runtime/task.js';

/** The task of a pool that does nothing: a round trip is all that is left. */
export function runTask(_task: DecideTask): TaskResult[] {
  return [TaskResult.DONE];
}
