// The client of the demonstration, in a process of its own, so that the server's figures are the server's. It generates payments and
// encodes them before anything is timed, then measures three runs over WebSocket with FlatBuffers frames:
//
//   mix          every payment once, untimed: outcomes and reasons, and a warm server
//   throughput   FRAME_COUNT payments a frame, several frames in flight on several connections, as fast as they are answered
//   latency      one payment a frame at a fixed rate; timed from the moment a frame should have been sent, so that a stall
//                of the server is seen by every frame that it delays

import { ByteBuffer } from 'flatbuffers';
import { build, type Histogram } from 'hdr-histogram-js';
import { WebSocket } from 'ws';
import { type FraudKind, generateTransactions } from '../../examples/card-risk/generator.js';
import { readDecision } from '../schema/decision.js';
import { PayloadEncoder } from '../schema/encode.js';
import { AnswerBatch } from '../schema/generated/verdict/wire.js';
import { writeRequestBatch } from '../stream/request-batch.js';
import { CONNECTIONS, DEPTH, type DemoOrder, type DemoReply, type DemoResult, FRAME_COUNT, LATENCY_RATE } from './demo-order.js';

interface Payments {
  payloads: Uint8Array[];
  frauds: FraudKind[];
  texts: string[];
}

/** All three runs. */
async function run(order: DemoOrder): Promise<DemoResult> {
  const payments = generate(order);
  const frames = batches(order, payments.payloads, FRAME_COUNT);
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(order.url)));
  const mix = await runMix(sockets[0] as WebSocket, frames, payments);
  const decisionsPerSecond = await runThroughput(sockets, frames, order.secondsPerRun);
  const singles = batches(order, payments.payloads.slice(0, LATENCY_RATE * order.secondsPerRun), 1);
  const latency = await runLatency(sockets[0] as WebSocket, singles);
  for (const socket of sockets) socket.close();
  const ms = (percentile: number) => latency.getValueAtPercentile(percentile) / 1000;
  return {
    ...mix,
    decisionsPerSecond,
    latency: { p50: ms(50), p90: ms(90), p99: ms(99), p999: ms(99.9), max: latency.maxValue / 1000 },
  };
}

function generate({ model, seed, count, customers, terminals }: DemoOrder): Payments {
  const encoder = new PayloadEncoder(model);
  const payments: Payments = { payloads: [], frauds: [], texts: [] };
  for (const { payload, fraud } of generateTransactions({ seed, count, customers, terminals })) {
    payments.payloads.push(encoder.encode(payload).slice());
    payments.frauds.push(fraud);
    payments.texts.push(JSON.stringify(payload));
  }
  return payments;
}

/** Frames of `size` payloads each; a frame's id is its number. */
function batches({ bundle, model }: DemoOrder, payloads: readonly Uint8Array[], size: number): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let first = 0; first < payloads.length; first += size) {
    frames.push(writeRequestBatch(BigInt(frames.length), model.hash, bundle, payloads.slice(first, first + size)));
  }
  return frames;
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, 'verdict.v1', { perMessageDeflate: false });
  socket.binaryType = 'nodebuffer';
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

/** Calls `onAnswer` for each answer until it returns false. */
function listen(socket: WebSocket, onAnswer: (answer: AnswerBatch) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: Buffer) => {
      const answer = AnswerBatch.getRootAsAnswerBatch(new ByteBuffer(message));
      const error = answer.error();
      if (error !== null) reject(new Error(`${error}: ${answer.detail()}`));
      else if (onAnswer(answer)) return;
      socket.off('message', onMessage);
      socket.off('close', onClose);
      resolve();
    };
    const onClose = () => reject(new Error('the server has closed the connection'));
    socket.on('message', onMessage);
    socket.once('close', onClose);
  });
}

async function runMix(
  socket: WebSocket,
  frames: readonly Uint8Array[],
  payments: Payments,
): Promise<Pick<DemoResult, 'outcomes' | 'reasons' | 'sample'>> {
  const outcomes: DemoResult['outcomes'] = {};
  const reasons: DemoResult['reasons'] = {};
  let sample = 0;
  let sampleScore = -1;
  let sent = 0;
  let answered = 0;
  const done = listen(socket, (answer) => {
    for (let i = 0; i < answer.answersLength(); i++) {
      const index = Number(answer.id()) * FRAME_COUNT + i;
      const decision = readDecision(answer.answers(i)?.decisionArray() as Uint8Array);
      const outcome = decision.outcome ?? 'none';
      outcomes[outcome] ??= { honest: 0, fraud: 0 };
      outcomes[outcome][payments.frauds[index] === 0 ? 'honest' : 'fraud']++;
      for (const { code } of decision.reasons) reasons[code] = (reasons[code] ?? 0) + 1;
      if (decision.score > sampleScore) {
        sample = index;
        sampleScore = decision.score;
      }
    }
    answered++;
    if (sent < frames.length) socket.send(frames[sent++] as Uint8Array);
    return answered < frames.length;
  });
  while (sent < Math.min(DEPTH, frames.length)) socket.send(frames[sent++] as Uint8Array);
  await done;
  return { outcomes, reasons, sample: payments.texts[sample] as string };
}

async function runThroughput(sockets: readonly WebSocket[], frames: readonly Uint8Array[], seconds: number): Promise<number> {
  const begun = performance.now();
  const end = begun + seconds * 1000;
  let decisions = 0;
  let next = 0;
  let last = begun;
  const send = (socket: WebSocket) => socket.send(frames[next++ % frames.length] as Uint8Array);
  const runs = sockets.map((socket) => {
    let owed = DEPTH;
    const done = listen(socket, (answer) => {
      decisions += answer.answersLength();
      last = performance.now();
      if (last < end) send(socket);
      else owed--;
      return owed > 0;
    });
    for (let i = 0; i < DEPTH; i++) send(socket);
    return done;
  });
  await Promise.all(runs);
  return (decisions * 1000) / (last - begun);
}

async function runLatency(socket: WebSocket, frames: readonly Uint8Array[]): Promise<Histogram> {
  const micros = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 });
  const begun = performance.now();
  const dueAt = (frame: number) => begun + (frame * 1000) / LATENCY_RATE;
  let sent = 0;
  const done = listen(socket, (answer) => {
    micros.recordValue(Math.max(1, Math.round((performance.now() - dueAt(Number(answer.id()))) * 1000)));
    return micros.totalCount < frames.length;
  });
  // A timer is too coarse for this: the process turns until the next frame is due, and hears answers between the turns.
  const tick = () => {
    while (sent < frames.length && dueAt(sent) <= performance.now()) socket.send(frames[sent++] as Uint8Array);
    if (sent < frames.length) setImmediate(tick);
  };
  tick();
  await done;
  return micros;
}

// Ctrl-C in a terminal reaches this process too; it ends with its parent.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
process.once('message', (order) => {
  run(order as DemoOrder).then(
    (result) => process.send?.({ result } satisfies DemoReply),
    (error: Error) => process.send?.({ error: error.message } satisfies DemoReply),
  );
});
