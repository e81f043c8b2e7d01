// A client of the stream that does only what it is told: tests say what is sent, and see what comes back, in order.

import { ByteBuffer } from 'flatbuffers';
import { WebSocket } from 'ws';
import { readDecision } from '#src/schema/decision.js';
import { AnswerBatch } from '#src/schema/generated/verdict/wire.js';
import type { Server } from '#src/server/server.js';

/** What is sent is answered by `next`, in the order of arrival; `closed` is the close code. */
export class StreamClient {
  private readonly arrived: (Buffer | string)[] = [];
  private wake: (() => void) | undefined;
  readonly closed: Promise<number>;
  private over = false;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data, isBinary) => {
      this.arrived.push(isBinary ? (data as Buffer) : data.toString());
      this.wake?.();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code) => {
        this.over = true;
        this.wake?.();
        resolve(code);
      });
    });
    socket.on('error', () => {});
  }

  static async open(of: Pick<Server, 'url'>, tenant: string): Promise<StreamClient> {
    const client = new StreamClient(new WebSocket(`${of.url.replace('http', 'ws')}/v1/${tenant}/stream`, 'verdict.v1'));
    await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject));
    return client;
  }

  send(message: Uint8Array | string): this {
    this.socket.send(message);
    return this;
  }

  async next(): Promise<Buffer | string> {
    while (this.arrived.length === 0) {
      if (this.over) throw new Error('the connection is closed');
      await new Promise<void>((wake) => {
        this.wake = wake;
      });
    }
    return this.arrived.shift()!;
  }

  end(): void {
    this.socket.terminate();
  }
}

export interface Answered {
  id: bigint;
  error: string | null;
  /** Per answer: its id, status and outcome. */
  answers: string[];
}

export function readAnswer(message: Buffer | string): Answered {
  const batch = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(message as Buffer));
  const answers = Array.from({ length: batch.answersLength() }, (_, i) => {
    const answer = batch.answers(i)!;
    const { status, outcome } = readDecision(answer.decisionArray()!);
    return `${answer.id()} ${status} ${outcome}`;
  });
  return { id: batch.id(), error: batch.error(), answers };
}
