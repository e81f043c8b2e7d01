// RuleSet: the library's face. A live image of its own and synchronous calls on it.

import type { Status } from '../assembly/shared/status.js';
import type { Clock } from './clock.js';
import { decidePayloads, type Settled } from './decide.js';
import { decideJson, type JsonText, jsonString } from './decide-json.js';
import { decideOne } from './decide-one.js';
import { decideText } from './decide-text.js';
import type { DecisionView } from './decision-view.js';
import { Problem } from './errors.js';
import { Explainer, type Explanation } from './explain.js';
import type { Manifest } from './image/manifest.js';
import type { LiveImage } from './registry/live-image.js';
import { type GivenValues, ownParameters } from './registry/parameters.js';
import { type Decision, readDecision } from './schema/decision.js';
import type { Model } from './schema/model.js';

/** A value that fits the model; its JSON text; or bytes: FlatBuffers, or JSON text in UTF-8 where CallOptions.isJson says so. */
export type Payload = object | string | Uint8Array;

export interface CallOptions {
  /** Microseconds UTC: what the rules see as `now`. Default: the engine's clock. */
  now?: bigint;
  /** Payloads that are bytes are JSON text in UTF-8. */
  isJson?: boolean;
}

/** One for all calls that give none. */
const NO_OPTIONS: CallOptions = Object.freeze({ isJson: false });
/** A payload that the engine finds invalid. */
const INVALID = new Uint8Array(0);

export class RuleSet {
  private explainer: Explainer | undefined;
  private released = false;

  /** Made by Engine.load. */
  constructor(
    /** What decides: for what measures and explains. */
    readonly live: LiveImage,
    private readonly clock: Clock,
  ) {}

  /** Of the bundle. */
  get name(): string {
    return this.live.name;
  }

  get version(): string {
    return this.live.version;
  }

  /** 16 hex digits: the image's name in every decision. */
  get image(): string {
    return this.live.image;
  }

  get manifest(): Manifest {
    return this.live.manifest;
  }

  get model(): Model {
    return this.live.model;
  }

  /**
   * Decides one payload. An object or a text that does not fit the model throws Problem INVALID_PAYLOAD (with every field that
   * does not fit) or INVALID_JSON; bytes that do not fit give a decision with status INVALID_PAYLOAD, as over the network.
   */
  decide(payload: Payload, options = NO_OPTIONS): Decision {
    return this.decideView(payload, options).toDecision();
  }

  /** The decision of `decide` as bytes (schemas/decision.fbs), a copy. */
  decideBytes(payload: Payload, options = NO_OPTIONS): Uint8Array {
    return this.decideView(payload, options).toBytes();
  }

  /**
   * The decision of `decide`, read where it lies: nothing is copied. It is there until another request of the tenant begins, this
   * rule set's or any other's: from then on every member of the view throws.
   */
  decideView(payload: Payload, options = NO_OPTIONS): DecisionView {
    if (this.released) throw new Error('the rule set has been released');
    const { live } = this;
    const now = options.now ?? (live.usesNow ? this.clock.nowMicros() : 0n);
    if (isText(payload, options)) return decideText(live, payload, now);
    return decideOne(live, payload instanceof Uint8Array ? payload : live.encoder.encode(payload), now);
  }

  /**
   * Decides many, in order. A payload that does not fit the model gets a decision with status INVALID_PAYLOAD, and does not hold
   * up its neighbours.
   */
  decideBatch(payloads: readonly Payload[], options: CallOptions = {}): Decision[] {
    const decisions: Decision[] = [];
    if (payloads.length === 0) return decisions;
    const take = (settled: Settled): void => {
      for (let i = 0; i < settled.count; i++) decisions.push(readDecision(settled.decision(i)));
    };
    const texts = payloads.filter((payload) => isText(payload, options));
    if (texts.length === payloads.length) this.runJson(texts, options, take);
    else this.run(this.encodeAll(payloads, options), options, take);
    return decisions;
  }

  /**
   * The decision with every condition of every rule: its truth and the values it read. Slow: the conditions are compiled once, on
   * first use. Throws as `decide`.
   */
  explain(payload: Payload, options: CallOptions = {}): Explanation {
    const now = options.now ?? this.clock.nowMicros();
    const bytes = this.encode(payload, options).slice();
    const decision = this.decide(bytes, { now });
    this.explainer ??= new Explainer(this.live);
    return this.explainer.explain(bytes, now, decision);
  }

  /**
   * Has code generated for the image now, on a worker thread, rather than after the first thousand decisions. Resolves when it
   * decides, or where the image gets none. Decisions are the same before and after.
   */
  async warmUp(): Promise<void> {
    if (this.released) throw new Error('the rule set has been released');
    await this.live.tenant.host.codes?.want(this.live);
  }

  /**
   * Decides with these values of parameters from the next call on: of the sets that are given, values that are left out have their
   * defaults; the other sets are the tenant's. Throws Problem INVALID_PARAMETERS, PARAMETERS_NOT_FOUND, OUT_OF_MEMORY.
   */
  setParameters(sets: Readonly<Record<string, GivenValues>>): void {
    this.live.takeParameters(ownParameters(this.name, this.live.head, sets));
  }

  /** Frees the image's memory. Calls after it throw. Idempotent. */
  release(): void {
    if (this.released) return;
    this.released = true;
    this.explainer?.release();
    this.live.retire();
  }

  /** What the rules see as `now`; the clock is read only where they do. */
  private nowOf(options: CallOptions): bigint {
    return options.now ?? (this.live.usesNow ? this.clock.nowMicros() : 0n);
  }

  /** A text that does not fit has its decision, as any other payload. */
  private runJson(texts: readonly JsonText[], options: CallOptions, use: (settled: Settled) => void): void {
    if (this.released) throw new Error('the rule set has been released');
    let status: Status = 0;
    const now = this.nowOf(options);
    decideJson(this.live, texts, { now, path: 'inline', isUnmetered: true, answersRefused: true }, (settled) => {
      status = settled.status;
      if (status === 0) use(settled);
    });
    if (status !== 0) throw failed(status);
  }

  private run(payloads: readonly Uint8Array[], options: CallOptions, use: (settled: Settled) => void): void {
    let status: Status = 0;
    decidePayloads(this.live, payloads, { now: this.nowOf(options), path: 'inline', isUnmetered: true }, (settled) => {
      status = settled.status;
      if (status === 0) use(settled);
    });
    if (status !== 0) throw failed(status);
  }

  /** Valid until the next call. */
  private encode(payload: Payload, options: CallOptions): Uint8Array {
    if (this.released) throw new Error('the rule set has been released');
    if (isText(payload, options)) return this.live.encoder.encodeText(jsonString(payload));
    return payload instanceof Uint8Array ? payload : this.live.encoder.encode(payload);
  }

  /** All payloads as bytes, side by side in one buffer; empty ones for those that do not fit. */
  private encodeAll(payloads: readonly Payload[], options: CallOptions): Uint8Array[] {
    let buffer = new Uint8Array(payloads.length * 256);
    const ends: number[] = [];
    let end = 0;
    for (const payload of payloads) {
      const bytes = this.encodeOrInvalid(payload, options);
      if (end + bytes.length > buffer.length) {
        const larger = new Uint8Array(2 * (end + bytes.length));
        larger.set(buffer.subarray(0, end));
        buffer = larger;
      }
      buffer.set(bytes, end);
      end += bytes.length;
      ends.push(end);
    }
    return ends.map((to, index) => buffer.subarray(ends[index - 1] ?? 0, to));
  }

  private encodeOrInvalid(payload: Payload, options: CallOptions): Uint8Array {
    try {
      return this.encode(payload, options);
    } catch (error) {
      if (error instanceof Problem) return INVALID;
      throw error;
    }
  }
}

function isText(payload: Payload, { isJson }: CallOptions): payload is JsonText {
  return typeof payload === 'string' || (isJson === true && payload instanceof Uint8Array);
}

function failed(status: Status): Problem {
  return new Problem('INTERNAL', `the engine failed with status ${status}`);
}
