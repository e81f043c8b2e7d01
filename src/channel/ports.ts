// What a channel goes over: the IPC of a process and its child, or the two ends of a MessageChannel.

import type { ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import type { Port } from './channel.js';

/** A child that was forked with `serialization: 'advanced'`, seen from its parent. */
export function childPort(child: ChildProcess): Port {
  return ipcPort(child, (message, done) => child.send(message as object, done));
}

/** The parent of this process, which was forked likewise. */
export function parentPort(): Port {
  return ipcPort(process, (message, done) => process.send?.(message, undefined, {}, done));
}

/** What node:worker_threads has of a MessagePort or a Worker. */
export interface Poster {
  on(event: string, listener: (value: unknown) => void): unknown;
  once(event: string, listener: () => void): unknown;
  postMessage(message: unknown): void;
  /** Of a MessagePort; a Worker is ended by whoever started it. */
  close?(): void;
}

/** A MessagePort; or a Worker, seen from the thread that started it, whose channel ends with it. */
export function messagePort(poster: Poster): Port {
  return {
    post: (message) => poster.postMessage(message),
    listen: (message, closed) => {
      poster.on('message', message);
      poster.once('close', closed);
      poster.once('exit', closed);
    },
    close: () => poster.close?.(),
  };
}

function ipcPort(
  side: EventEmitter & { connected?: boolean; disconnect?(): void },
  send: (message: unknown, done: (error: Error | null) => void) => void,
): Port {
  return {
    post: (message) => {
      // Whoever is gone is known by the end of its channel.
      if (side.connected === true) send(message, () => {});
    },
    listen: (message, closed) => {
      side.on('message', message);
      side.once('disconnect', closed);
    },
    close: () => {
      if (side.connected === true) side.disconnect?.();
    },
  };
}
