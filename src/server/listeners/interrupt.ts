// Stops what a thread is doing, whatever that is, and runs something else there. A thread that hangs reads no message, and one
// that is ended while a socket of its event loop is open takes the process with it (thread-main.ts): so its sockets are closed by
// itself, in the middle of what it hangs in. The debugger can do that: it stops code at its next turn of a loop, JavaScript,
// WebAssembly and regular expressions alike. No port is opened for it, and other threads are not touched.

import type { Session } from 'node:inspector';

/** How long the debugger may take to stop a thread: a millisecond and more where it is busy with code, for ever in the kernel. */
const STOP_MILLIS_MAX = 5_000;

interface FromThread {
  id?: number;
  method?: string;
  result?: { exceptionDetails?: unknown };
  error?: unknown;
}

/**
 * Evaluates an expression in a thread that this one has started. Resolves to false where it cannot be stopped in time, or where the
 * expression throws: nothing may be said then of whether it was evaluated. What the thread did goes on afterwards.
 */
export async function runInThread(threadId: number, expression: string): Promise<boolean> {
  let session: Session | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    // Not in every build of Node.
    const inspector = await import('node:inspector');
    const opened = new inspector.Session();
    session = opened;
    opened.connect();
    return await new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), STOP_MILLIS_MAX);
      evaluate(opened, threadId, expression, resolve);
    });
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    session?.disconnect();
  }
}

/** Ids of what is asked of a thread. */
const [ENABLE, PAUSE, EVALUATE, RESUME] = [1, 2, 3, 4] as const;

function evaluate(session: Session, threadId: number, expression: string, settle: (isDone: boolean) => void): void {
  let threadSession: string | undefined;
  let isPaused = false;
  const ask = (id: number, method: string, params: object = {}): void => {
    const message = JSON.stringify({ id, method, params });
    session.post('NodeWorker.sendMessageToWorker', { sessionId: threadSession as string, message }, (error) => {
      if (error !== null) settle(false);
    });
  };
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
    // `workerId` is a number of the debugger's own.
    if (!workerInfo.title.startsWith(`[worker ${threadId}]`)) return;
    threadSession = sessionId;
    ask(ENABLE, 'Debugger.enable');
    ask(PAUSE, 'Debugger.pause');
  });
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
    if (sessionId !== threadSession) return;
    const { id, method, result, error } = JSON.parse(message) as FromThread;
    if (method === 'Debugger.paused' && !isPaused) {
      isPaused = true;
      ask(EVALUATE, 'Runtime.evaluate', { expression });
    } else if (id === EVALUATE) {
      ask(RESUME, 'Debugger.resume');
      settle(error === undefined && result?.exceptionDetails === undefined);
    }
  });
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, (error) => {
    if (error !== null) settle(false);
  });
}
