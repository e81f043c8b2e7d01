// One connection that asks before many do: whether the target answers, and with what. A mistake in an address, a name or a model is
// found here, with the server's own words, and the echo learns its answers.

import { Socket } from 'node:net';
import { type ClientTls, dialTls, openEvent } from './dial.js';
import { type Answer, putId, readAnswer } from './frame.js';
import { parseHead } from './http-inbox.js';
import { type Messages, OPCODE_BINARY, OPCODE_CLOSE } from './messages.js';
import { type Address, hostOf, type Protocol } from './order.js';
import { WebSocketInbox } from './web-socket-inbox.js';

/** The target does not answer as it should. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';

  constructor(
    /** A code of docs/ERRORS.md as the server gave it, `HTTP_...`, or NETWORK. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface ProbeOrder {
  readonly target: Address;
  readonly protocol: Protocol;
  readonly messages: Messages;
  readonly upgrade: Uint8Array | undefined;
  readonly tls: ClientTls | undefined;
  /** Messages that are sent, one after the other. */
  readonly count: number;
  readonly timeoutSeconds: number;
}

/**
 * The answers to the first messages: payloads of frames, or bodies.
 * @throws ProbeError where one of them is not answered by decisions
 */
export function probe(order: ProbeOrder): Promise<Uint8Array[]> {
  const { target, protocol, upgrade, messages, timeoutSeconds, tls } = order;
  const where = hostOf(target);
  const count = Math.min(order.count, messages.offsets.length - 1);
  return new Promise((resolve, reject) => {
    const answers: Uint8Array[] = [];
    const socket = tls === undefined ? new Socket() : dialTls(target, tls);
    const end = (error?: ProbeError): void => {
      clearTimeout(timer);
      socket.destroy();
      if (error === undefined) resolve(answers);
      else reject(error);
    };
    const timer = setTimeout(
      () => end(new ProbeError('NETWORK', `${where} has not answered for ${timeoutSeconds} seconds`)),
      timeoutSeconds * 1000,
    );
    const sendNext = (): void => {
      const i = answers.length;
      const message = Buffer.from(messages.bytes.slice(messages.offsets[i], messages.offsets[i + 1]));
      if (messages.idOffsets.length > 0) putId(message, messages.idOffsets[i] as number, 0, 1);
      socket.write(message);
    };
    const take = (answer: Uint8Array | ProbeError): void => {
      if (answer instanceof ProbeError) {
        end(answer);
        return;
      }
      answers.push(answer);
      if (answers.length === count) end();
      else sendNext();
    };
    const reader = protocol === 'ws' ? readWebSocket(messages.payloads, sendNext, take) : readHttp(take);
    socket.on('data', reader);
    socket.on('error', (error: NodeJS.ErrnoException) => end(new ProbeError('NETWORK', `${where}: ${error.message}`)));
    socket.on('close', () => end(new ProbeError('NETWORK', `${where} has closed the connection`)));
    socket.on(openEvent(tls), () => {
      if (upgrade === undefined) sendNext();
      else socket.write(upgrade);
    });
    if (tls === undefined) socket.connect(target);
  });
}

type Take = (answer: Uint8Array | ProbeError) => void;

/** Splits off HTTP answers, each with its body. */
function httpAnswers(whole: (status: number, body: Buffer) => void, malformed: () => void): (chunk: Buffer) => Buffer {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) return rest;
      const head = parseHead(rest.toString('latin1', 0, end + 2));
      if (head === undefined) {
        malformed();
        return rest;
      }
      const { status, bodyBytes } = head;
      if (rest.length < end + 4 + bodyBytes) return rest;
      const body = Buffer.from(rest.subarray(end + 4, end + 4 + bodyBytes));
      rest = rest.subarray(end + 4 + bodyBytes);
      whole(status, body);
      if (status === 101) return rest;
    }
  };
}

const unreadable = (): ProbeError => new ProbeError('MALFORMED', 'what came back is no answer of verdict.v1');

function refusal(status: number, body: Buffer): ProbeError {
  try {
    const { code, title, detail } = JSON.parse(body.toString()) as Record<string, unknown>;
    if (typeof code === 'string') return new ProbeError(code, String(detail ?? title ?? `HTTP ${status}`));
  } catch {
    // no problem document: the status has to do
  }
  return new ProbeError(`HTTP_${status}`, `the server answers with HTTP ${status}`);
}

function readHttp(take: Take): (chunk: Buffer) => void {
  return httpAnswers(
    (status, body) => take(status >= 200 && status < 300 ? body : refusal(status, body)),
    () => take(unreadable()),
  );
}

function readWebSocket(payloads: number, opened: () => void, take: Take): (chunk: Buffer) => void {
  const answer: Answer = { kind: 'malformed', lane: 0, tag: 0, count: 0, error: '' };
  const inbox = new WebSocketInbox({
    message: (_connection, opcode, payload) => {
      if (opcode === OPCODE_CLOSE) take(new ProbeError('NETWORK', 'the server has closed the WebSocket'));
      if (opcode !== OPCODE_BINARY) return;
      readAnswer(payload, answer);
      if (answer.kind === 'control') return;
      if (answer.kind === 'error') take(new ProbeError(answer.error, `the server answers ${answer.error}`));
      else if (answer.kind === 'malformed' || answer.count !== payloads) take(unreadable());
      else take(payload.slice());
    },
    malformed: () => take(unreadable()),
  });
  let isOpen = false;
  const upgraded = httpAnswers(
    (status, body) => {
      isOpen = status === 101;
      if (isOpen) opened();
      else take(refusal(status, body));
    },
    () => take(unreadable()),
  );
  return (chunk) => {
    if (isOpen) inbox.feed(0, chunk);
    else {
      const rest = upgraded(chunk);
      if (isOpen && rest.length > 0) inbox.feed(0, rest);
    }
  };
}
