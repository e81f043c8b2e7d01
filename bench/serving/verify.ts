// Before anything is timed, every request of the serving bench is sent once and its answer compared with the truth.

import http from 'node:http';
import * as flatbuffers from 'flatbuffers';
import WebSocket from 'ws';
import { DECISION_OUTCOME, DECISION_SCORE } from '../../assembly/shared/image.js';
import { AnswerBatch } from '../../src/schema/generated/verdict/wire/answer-batch.js';
import { outcomeOf, type Truth } from '../truth.js';

/** Frames that wait for their answer at a time. */
const IN_FLIGHT = 8;
const OUTCOME_NAMES = ['none', 'approve', 'review', 'decline'];

/** Sends request batches over one WebSocket; the requests' ids are the payloads' indexes. Returns the mean size of an answer. */
export async function verifyFrames(url: string, frames: readonly Uint8Array[], truth: Truth): Promise<number> {
  const socket = new WebSocket(url, 'verdict.v1', { perMessageDeflate: false });
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    const send = (): void => {
      if (sent < frames.length) socket.send(frames[sent++]!);
    };
    socket.on('error', reject);
    socket.on('close', (code) => reject(new Error(`the server closed the stream with ${code}`)));
    socket.on('open', () => {
      for (let i = 0; i < IN_FLIGHT; i++) send();
    });
    socket.on('message', (data: Buffer) => {
      bytes += data.length;
      try {
        checkAnswer(data, truth);
      } catch (error) {
        reject(error);
      }
      send();
      if (++answered === frames.length) resolve();
    });
  });
  socket.terminate();
  return bytes / frames.length;
}

function checkAnswer(data: Buffer, truth: Truth): void {
  const batch = AnswerBatch.getRootAsAnswerBatch(new flatbuffers.ByteBuffer(data));
  if (batch.error() !== null) throw new Error(`the server answered ${batch.error()}: ${batch.detail()}`);
  for (let i = 0; i < batch.answersLength(); i++) {
    const answer = batch.answers(i)!;
    const decision = answer.decisionArray()!;
    const score = new DataView(decision.buffer, decision.byteOffset).getFloat64(DECISION_SCORE, true);
    checkDecision(Number(answer.id()), score, decision[DECISION_OUTCOME]!, truth);
  }
}

function checkDecision(index: number, score: number, outcome: number, { scores, thresholds }: Truth): void {
  const expected = { score: scores[index]!, outcome: outcomeOf(scores[index]!, thresholds) };
  if (score === expected.score && outcome === expected.outcome) return;
  throw new Error(
    `WRONG: payload ${index} got ${score} ${OUTCOME_NAMES[outcome]} for ${expected.score} ${OUTCOME_NAMES[expected.outcome]}`,
  );
}

/** Posts JSON payloads one by one; returns the mean size of a reply's body. */
export async function verifyJson(url: string, texts: readonly string[], truth: Truth): Promise<number> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let bytes = 0;
  try {
    for (const [i, text] of texts.entries()) {
      const body = await post(agent, url, text);
      bytes += body.length;
      const { score, outcome } = JSON.parse(body.toString()) as { score: number; outcome: string };
      checkDecision(i, score, OUTCOME_NAMES.indexOf(outcome), truth);
    }
  } finally {
    agent.destroy();
  }
  return bytes / texts.length;
}

function post(agent: http.Agent, url: string, text: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers: { 'Content-Type': 'application/json' } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`the server answered ${response.statusCode}: ${body.toString()}`));
      });
    });
    request.on('error', reject);
    request.setHeader('Content-Length', Buffer.byteLength(text));
    request.end(text);
  });
}
