// POST /v1/{tenant}/decisions/{bundle} and .../batch. The request's media type is its Content-Type, the answer's is by Accept;
// all pairs are served.

import { SLOT_COUNT_MAX } from '../../assembly/shared/limits.js';
import { Status } from '../../assembly/shared/status.js';
import { begin, type DecideOptions, decideFrame, decidePayloads, type Settled } from '../decide.js';
import { decideJson } from '../decide-json.js';
import { decideText } from '../decide-text.js';
import type { DecisionView } from '../decision-view.js';
import { Path, pathOf } from '../dispatch.js';
import { type PayloadError, Problem } from '../errors.js';
import { FrameView, wordsOf } from '../frame.js';
import type { LiveImage } from '../registry/live-image.js';
import { refund } from '../request.js';
import { renderDecisionBytes, renderDecisionOf } from '../schema/decision.js';
import { itemTexts } from '../schema/json-members.js';
import { parseJson } from '../schema/json-text.js';
import { findPayloadFault } from '../schema/reader.js';
import { splitJson } from '../split-json.js';
import { readAnswers, writeAnswers } from './answer-frame.js';
import { bodyText, readBody } from './body.js';
import { type Context, findLive } from './context.js';
import type { Exchange } from './exchange.js';
import { splitLines } from './json-lines.js';
import { answerMedia, bodyMedia, FLATBUFFERS_TYPE, JSON_TYPE, Media, mediaType } from './media-type.js';

const MODEL_HASH = /^[0-9a-f]{16}$/;
/** What a frame that names no model says. */
const NO_MODEL = '0000000000000000';

/** Time and ids of `count` decisions. */
export function decideOptions(context: Context, live: LiveImage, count: number): DecideOptions {
  return { now: live.usesNow ? context.engine.nowMicros() : 0n, idHigh: context.ids.high, idLow: context.ids.take(count) };
}

/** The same, with what the caller says of the request. Throws Problem INVALID_HEADER. */
function requestOptions(exchange: Exchange, live: LiveImage, count: number): DecideOptions {
  const options = decideOptions(exchange.context, live, count);
  options.cancellation = exchange;
  const { deadlineMillis } = exchange;
  if (deadlineMillis !== undefined) options.deadlineMillis = deadlineMillis;
  exchange.handed();
  return options;
}

/** POST decisions/{bundle}: one payload, one decision. An invalid payload is a problem document, not a decision. */
export function decideOne(exchange: Exchange): void {
  const media = bodyMedia(exchange.head.contentType);
  const answer = answerMedia(exchange.head.accept, media);
  const { context } = exchange;
  readBody(exchange, context.config.bodyBytesMax, (body) => {
    const live = findLive(context.engine, exchange.tenant, exchange.name);
    if (media === Media.FLATBUFFERS) requireModel(live, exchange.head.model);
    if (media === Media.JSON) {
      decideJsonText(exchange, live, body, answer);
      return;
    }
    // Pooled requests are settled when the body's bytes are gone; only a refusal looks at them again.
    let payload = body;
    decidePayloads(live, [payload], requestOptions(exchange, live, 1), (settled) => {
      exchange.settled(settled);
      try {
        answerOne(exchange, live, settled, payload, answer);
      } catch (error) {
        exchange.fail(error);
      }
    });
    if (!exchange.isOver) payload = payload.slice();
  });
}

/** Of a request of which its caller says nothing more. */
const NOTHING_SAID: DecideOptions = { now: 0n };

/** What stages hear of a decision that was made without a request of its own. */
const AT_ONCE = { path: 'inline', waitedMillis: 0 } as const;

/** Throws Problem as decideText; what is refused for want of room costs the tenant nothing. */
function textDecision(live: LiveImage, body: Uint8Array, now: bigint): DecisionView {
  try {
    return decideText(live, body, now);
  } catch (error) {
    refund(live, 1, NOTHING_SAID, error);
    throw error;
  }
}

/** A body of JSON text. */
function decideJsonText(exchange: Exchange, live: LiveImage, body: Uint8Array, answer: Media): void {
  const { deadlineMillis, context } = exchange;
  const options = deadlineMillis === undefined ? NOTHING_SAID : { now: 0n, deadlineMillis };
  if (pathOf(live, 1, options) === Path.INLINE) {
    exchange.handed();
    begin(live, 1, options);
    const decision = textDecision(live, body, live.usesNow ? context.engine.nowMicros() : 0n);
    exchange.settled(AT_ONCE);
    decision.identify(context.ids.takeWords(1));
    if (answer === Media.JSON) exchange.send(200, JSON_TYPE, decision.toLentJson(live.tenant.inline));
    else exchange.send(200, FLATBUFFERS_TYPE, decision.toBytes());
    return;
  }
  decideJson(live, [body], requestOptions(exchange, live, 1), (settled) => {
    exchange.settled(settled);
    try {
      requireSettled(settled);
      const problem = settled.problemOf(0);
      if (problem !== undefined) throw problem;
      sendDecision(exchange, live, settled, answer);
    } catch (error) {
      exchange.fail(error);
    }
  });
}

function answerOne(exchange: Exchange, live: LiveImage, settled: Settled, payload: Uint8Array, answer: Media): void {
  requireSettled(settled);
  if (settled.statusOf(0) === Status.INVALID_PAYLOAD) throw invalidPayload(live, payload);
  sendDecision(exchange, live, settled, answer);
}

function sendDecision(exchange: Exchange, live: LiveImage, settled: Settled, answer: Media): void {
  const decision = settled.decision(0);
  if (answer === Media.JSON) exchange.send(200, JSON_TYPE, renderDecisionBytes(decision, live.reasons));
  else exchange.send(200, FLATBUFFERS_TYPE, decision);
}

/**
 * POST decisions/{bundle}/batch: payloads in, decisions out, in order. An invalid one has its own decision and hinders no
 * other.
 */
export function decideBatch(exchange: Exchange): void {
  const media = bodyMedia(exchange.head.contentType, true);
  const answer = answerMedia(exchange.head.accept, media, true);
  readBody(exchange, exchange.context.config.bodyBytesMax, (body) => {
    const live = findLive(exchange.context.engine, exchange.tenant, exchange.name);
    if (media === Media.FLATBUFFERS) decideFrameBatch(exchange, live, body, answer);
    else decideTexts(exchange, live, body, media, answer);
  });
}

/** An array of payloads, or one a line. */
function decideTexts(exchange: Exchange, live: LiveImage, body: Uint8Array, media: Media, answer: Media): void {
  const isArray = media === Media.JSON;
  const texts = isArray ? (splitJson(live.tenant, body) ?? arrayItems(bodyText(body))) : splitLines(body);
  if (texts.length === 0) {
    sendDecisions(exchange, live, [], NO_ERRORS, answer);
    return;
  }
  // Of a request that is pooled the bytes are gone when it is settled.
  let whole = body;
  const options = { ...requestOptions(exchange, live, texts.length), answersRefused: true };
  decideJson(live, texts, options, (settled) => {
    exchange.settled(settled);
    try {
      requireSettled(settled);
      const errors = new Map<number, readonly PayloadError[]>();
      for (let i = 0; i < settled.count; i++) {
        const problem = settled.problemOf(i);
        // One payload that is no JSON makes no JSON of the whole array, whose reader then says where. A line stands for itself.
        if (isArray && problem?.code === 'INVALID_JSON') arrayItems(bodyText(whole));
        if (problem !== undefined) errors.set(i, problem.errors ?? [{ pointer: '', code: 'TYPE', message: problem.message }]);
      }
      const decisions = Array.from({ length: settled.count }, (_, i) => settled.decision(i));
      sendDecisions(exchange, live, decisions, errors, answer);
    } catch (error) {
      exchange.fail(error);
    }
  });
  if (!exchange.isOver) whole = body.slice();
}

function decideFrameBatch(exchange: Exchange, live: LiveImage, frame: Uint8Array, answer: Media): void {
  const view = new FrameView();
  if (!view.read(frame)) throw new Problem('INVALID_FRAME');
  const bundle = view.bundleName(frame);
  if (bundle !== live.name) throw new Problem('INVALID_FRAME', `the frame is for bundle ${bundle}, the path for ${live.name}`);
  adoptModel(live, view, frame);
  decideFrame(live, frame, requestOptions(exchange, live, view.count), (settled) => {
    exchange.settled(settled);
    try {
      requireSettled(settled);
      if (answer === Media.FLATBUFFERS) exchange.send(200, FLATBUFFERS_TYPE, settled.answer);
      else sendDecisions(exchange, live, readAnswers(settled.answer), NO_ERRORS, answer);
    } catch (error) {
      exchange.fail(error);
    }
  });
}

/** Throws Problem where a request as a whole was not decided. */
export function requireSettled(settled: Settled): void {
  if (settled.status === Status.OK) return;
  throw settled.problem ?? unsettled(settled.status);
}

/** Why a request as a whole was not decided, by its status. */
export function unsettled(status: Status): Problem {
  return new Problem(status === Status.INVALID_FRAME ? 'INVALID_FRAME' : 'INTERNAL');
}

/**
 * Throws Problem MODEL_MISSING, INVALID_REQUEST (no hash) or MODEL_MISMATCH unless `hash` names the model of the image, or an
 * earlier one of its bundle.
 */
export function requireModel(live: LiveImage, hash: string): void {
  if (hash === live.model.hash || live.earlierModels.includes(hash)) return;
  if (hash === '' || hash === NO_MODEL) throw new Problem('MODEL_MISSING');
  if (!MODEL_HASH.test(hash))
    throw new Problem('INVALID_REQUEST', 'Verdict-Model is not one model hash: 16 hex digits in lower case');
  throw new Problem('MODEL_MISMATCH', `the payload was written with model ${hash}, the bundle has ${live.model.hash}`);
}

/**
 * Has a frame that was written with an earlier model of the bundle name the present one, which reads its payloads alike. Throws
 * Problem as requireModel.
 */
export function adoptModel(live: LiveImage, view: FrameView, frame: Uint8Array): void {
  const { modelHash } = view;
  requireModel(live, modelHash);
  if (modelHash !== live.model.hash) view.renameModel(frame, ...wordsOf(live.model.hash));
}

/** Why the engine refused a payload, by the reader that has the engine's rules. */
function invalidPayload(live: LiveImage, payload: Uint8Array): Problem {
  const fault = findPayloadFault(live.model, payload);
  if (fault === undefined) return new Problem('INTERNAL');
  return new Problem('INVALID_PAYLOAD', undefined, [{ ...fault, code: 'PAYLOAD' }]);
}

const NO_ERRORS: ReadonlyMap<number, readonly PayloadError[]> = new Map();

/** `errors` are added to the decisions in whose place they stand. */
function sendDecisions(
  exchange: Exchange,
  live: LiveImage,
  decisions: readonly Uint8Array[],
  errors: ReadonlyMap<number, readonly PayloadError[]>,
  answer: Media,
): void {
  if (answer === Media.FLATBUFFERS) {
    exchange.send(200, FLATBUFFERS_TYPE, writeAnswers(decisions));
    return;
  }
  const texts = decisions.map((decision, i) => {
    const text = renderDecisionOf(live.reasons, decision);
    const own = errors.get(i);
    return own === undefined ? text : `${text.slice(0, -1)},"errors":${JSON.stringify(own)}}`;
  });
  const isLines = answer === Media.NDJSON;
  exchange.send(200, mediaType(answer), isLines ? texts.map((text) => `${text}\n`).join('') : `[${texts.join(',')}]`);
}

/** The payloads of a batch as texts. Throws Problem INVALID_JSON, BATCH_TOO_LARGE. */
function arrayItems(text: string): string[] {
  // Keys that stand twice are found payload by payload.
  const { value } = parseJson(text);
  if (!Array.isArray(value)) throw new Problem('INVALID_JSON', 'the body of a batch is a JSON array of payloads');
  if (value.length > SLOT_COUNT_MAX) throw new Problem('BATCH_TOO_LARGE', `${value.length} payloads, at most ${SLOT_COUNT_MAX}`);
  return itemTexts(text);
}
