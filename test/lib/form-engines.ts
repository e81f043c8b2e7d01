// One bundle in every form that decides: by the VM and by generated code, with a match index and without, and exported as modules
// with SIMD and without. Each decides the same payloads one by one and many at a time, as FlatBuffers, frames and JSON, and all
// decisions are the same bytes.

import { DECISION_IMAGE, DECISION_STATUS } from '#assembly/shared/image.js';
import { JsonFault } from '#assembly/shared/json.js';
import { Status } from '#assembly/shared/status.js';
import { compile } from '#src/compiler/compile.js';
import { decideFrame, decidePayloads, type Settled } from '#src/decide.js';
import { decideJson } from '#src/decide-json.js';
import { exportModule } from '#src/embed/export-module.js';
import { createEngine, type Engine } from '#src/engine.js';
import { readImageFile } from '#src/image/file.js';
import { buildList } from '#src/registry/list-worker.js';
import { bindParameters } from '#src/registry/parameters.js';
import type { RuleSet } from '#src/ruleset.js';
import { embeddedTemplate } from '#src/runtime/embedded.js';
import type { Model } from '#src/schema/model.js';
import { readAnswers } from '#src/server/answer-frame.js';
import { EmbedBox } from './embed-box.js';
import type { FormBundle } from './form-author.js';
import type { FormPayload } from './form-payload.js';
import { frameOf } from './frame.js';
import { rankedOf } from './ranked.js';

export const FORMS = [
  'VM',
  'VM, index',
  'generated code',
  'generated code, index',
  'module',
  'module, index',
  'scalar module',
  'scalar module, index',
] as const;
export type Form = (typeof FORMS)[number];

/** What of a bundle decides: its documents, and what is put beside them. */
export type FormInput = Pick<FormBundle, 'files' | 'lists' | 'parameters'>;

export interface Difference {
  form: Form;
  /** How the form was asked. */
  way: string;
  /** Which of the payloads. */
  index: number;
  /** Decisions without the hash of their image. */
  wanted: Uint8Array;
  got: Uint8Array;
}

/** Engines that live as long as a run. */
export class FormEngines {
  private constructor(
    private readonly vm: Engine,
    private readonly coded: Engine,
    private readonly templates: { simd: Uint8Array; scalar: Uint8Array },
    private readonly Box: typeof EmbedBox,
  ) {}

  /** @param Box what opens modules: a test of these tests has one that decides wrongly */
  static async open(Box = EmbedBox): Promise<FormEngines> {
    const options = { poolThreads: 0, profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER } as const;
    const templates = { simd: embeddedTemplate(false), scalar: embeddedTemplate(true) };
    return new FormEngines(await createEngine(options), await createEngine(options), templates, Box);
  }

  async close(): Promise<void> {
    await this.vm.close();
    await this.coded.close();
  }

  /**
   * Opens a bundle, or says with which code it is refused: with an index and without alike.
   * @param swapped which of the two images is exported with SIMD: the one with an index, or the other
   */
  async openBundle(input: FormInput, swapped: boolean): Promise<OpenBundle | string> {
    const files = filesOf(input.files);
    const options = { profileMax: 'standard', costMax: Number.MAX_SAFE_INTEGER } as const;
    const plain = compile(files, { ...options, index: 'off' });
    const indexed = compile(files, { ...options, index: 'on' });
    if ((plain.image === undefined) !== (indexed.image === undefined)) throw new Error('refused with or without an index alone');
    if (plain.image === undefined || indexed.image === undefined) {
      const { code, message } = plain.diagnostics.find(({ severity }) => severity === 'error')!;
      return `${code} ${message}`;
    }
    const regions = regionsOf(input.lists);
    const load = { lists: Object.fromEntries(regions), parameters: input.parameters };
    const { head } = readImageFile(plain.image);
    const read = head.lists.filter(({ isRead }) => isRead).map(({ name }) => name);
    const sets: [Form, RuleSet][] = [
      ['VM', await this.vm.load(plain.image, load)],
      ['VM, index', await this.vm.load(indexed.image, load)],
      ['generated code', await this.coded.load(plain.image, load)],
      ['generated code, index', await this.coded.load(indexed.image, load)],
    ];
    // An image that decides much is given code: not here.
    for (const [, { live }] of sets.slice(0, 2)) delete live.tenant.host.codes;
    for (const [, set] of sets.slice(2)) await set.warmUp();
    const own = new Map([...regions].filter(([name]) => read.includes(name)));
    const modules = ([swapped ? indexed : plain, swapped ? plain : indexed] as const).map(({ image }, at): [Form, EmbedBox] => {
      const parameters = bindParameters(readImageFile(image!).head, input.parameters);
      const template = at === 0 ? this.templates.simd : this.templates.scalar;
      const { module } = exportModule(template, image!, { lists: own, parameters });
      const isIndexed = (at === 0) === swapped;
      return [`${at === 0 ? 'module' : 'scalar module'}${isIndexed ? ', index' : ''}`, new this.Box(module)];
    });
    const held = indexed.indexes!.filter((report) => report.indexed).map(({ name }) => name);
    return new OpenBundle(sets, modules, held, rankedOf(readImageFile(plain.image).deciding));
  }
}

export class OpenBundle {
  /** Forms that are what their name says: an index may hold nothing, and a program may be too long for code. */
  readonly forms: ReadonlySet<Form>;
  readonly #model: Model;
  /** Decisions by form and way. */
  readonly decided = new Map<Form, number>();

  constructor(
    private readonly sets: readonly [Form, RuleSet][],
    private readonly modules: readonly [Form, EmbedBox][],
    /** What has an index: `rules`, `table NAME`, `scorecard NAME`. */
    readonly indexed: readonly string[],
    /** Parts of the program that code without an index tells by ranks. */
    readonly ranked: number,
  ) {
    this.#model = sets[0]![1].model;
    const isTaken = (form: Form): boolean => indexed.length > 0 || !form.endsWith(', index');
    const withCode = sets.filter(([form, { live }]) => live.code !== undefined || !form.startsWith('generated'));
    this.forms = new Set([...withCode, ...modules].map(([form]) => form).filter(isTaken));
    for (const [form, { live }] of sets.slice(0, 2)) if (live.code !== undefined) throw new Error(`${form} has code`);
  }

  get model(): Model {
    return this.#model;
  }

  get encoder(): RuleSet['live']['encoder'] {
    return this.sets[0]![1].live.encoder;
  }

  /** Why a form with code has none. */
  get withoutCode(): string[] {
    return this.sets.slice(2).flatMap(([, { live }]) => live.withoutCode ?? []);
  }

  release(): void {
    for (const [, set] of this.sets) set.release();
  }

  /**
   * Decides in all forms and ways. The first decision that differs from that of the VM, one payload by itself; where none does,
   * those of the bytes and of the texts.
   */
  decide(
    payloads: readonly FormPayload[],
    now: bigint,
  ): { difference: Difference } | { bytes: readonly Uint8Array[]; texts: readonly Uint8Array[] } {
    const [, vm] = this.sets[0]!;
    const bytes = payloads.map((payload) => this.#stripped('VM', vm.decideBytes(payload.bytes, { now })));
    const texts = this.#texts('VM', vm, payloads, now);
    const check = (form: Form, way: string, got: readonly (Uint8Array | undefined)[], wanted: readonly Uint8Array[]): void => {
      for (const [index, each] of got.entries()) {
        if (each === undefined || Buffer.compare(each, wanted[index]!) === 0) continue;
        throw new Differs({ form, way, index, wanted: wanted[index]!, got: each });
      }
    };
    try {
      check(
        'VM',
        'JSON beside FlatBuffers',
        texts.map((text, index) => (payloads[index]!.alike ? text : undefined)),
        bytes,
      );
      for (const [form, set] of this.sets) {
        if (set !== vm) {
          const single = payloads.map((payload) => this.#stripped(form, set.decideBytes(payload.bytes, { now })));
          check(form, 'one by one', single, bytes);
          check(form, 'texts', this.#texts(form, set, payloads, now), texts);
        }
        check(form, 'batch', this.#batch(form, set, payloads, now), bytes);
        check(form, 'frame', this.#frame(form, set, payloads, now), bytes);
        const good = payloads.map(({ text }, index) =>
          isInvalid(texts[index]!) ? undefined : this.#stripped(form, set.decideBytes(text, { now, isJson: true })),
        );
        check(form, 'texts one by one', good, texts);
      }
      const faults: JsonFault[][] = [];
      for (const [form, box] of this.modules) {
        check(
          form,
          'one by one',
          payloads.map((payload) => this.#stripped(form, box.decide(payload.bytes, now).bytes)),
          bytes,
        );
        const said = payloads.map((payload) => box.decideJson(payload.text, now));
        faults.push(said.map(({ fault }) => fault));
        // Of what is nested too deeply, and of what a module has no room for, the library has a second reading.
        const comparable = said.map(({ bytes: own, fault }) =>
          fault === JsonFault.DEPTH || fault === JsonFault.ROOM ? undefined : this.#stripped(form, own),
        );
        check(form, 'texts', comparable, texts);
      }
      for (const [index, fault] of faults[0]!.entries()) {
        if (fault === faults[1]![index]) continue;
        const [wanted, got] = [Uint8Array.of(fault), Uint8Array.of(faults[1]![index]!)];
        throw new Differs({ form: this.modules[1]![0], way: 'fault of the text', index, wanted, got });
      }
    } catch (error) {
      if (error instanceof Differs) return { difference: error.difference };
      throw error;
    }
    return { bytes, texts };
  }

  #texts(form: Form, { live }: RuleSet, payloads: readonly FormPayload[], now: bigint): Uint8Array[] {
    const texts = payloads.map(({ text }) => text);
    return this.#collected(form, (settle) => decideJson(live, texts, { now, path: 'inline', answersRefused: true }, settle));
  }

  #batch(form: Form, { live }: RuleSet, payloads: readonly FormPayload[], now: bigint): Uint8Array[] {
    const bytes = payloads.map((payload) => payload.bytes);
    return this.#collected(form, (settle) => decidePayloads(live, bytes, { now, path: 'inline' }, settle));
  }

  #frame(form: Form, { live }: RuleSet, payloads: readonly FormPayload[], now: bigint): Uint8Array[] {
    const frame = frameOf(
      payloads.map(({ bytes }) => bytes),
      { bundle: live.name, model: live.model.hash },
    );
    let decisions: Uint8Array[] = [];
    decideFrame(live, frame, { now, path: 'inline' }, (settled) => {
      if (settled.status !== Status.OK) throw new Error(`${form}: the frame has status ${Status[settled.status]}`);
      decisions = readAnswers(settled.answer.slice()).map((each) => this.#stripped(form, each.slice()));
    });
    return decisions;
  }

  #collected(form: Form, run: (settle: (settled: Settled) => void) => void): Uint8Array[] {
    const decisions: Uint8Array[] = [];
    run((settled) => {
      for (let index = 0; index < settled.count; index++) decisions.push(this.#stripped(form, settled.decision(index).slice()));
    });
    return decisions;
  }

  /** Counts a decision, and takes out the hash of its image, which is that of the program: all else is equal. */
  #stripped(form: Form, decision: Uint8Array): Uint8Array {
    this.decided.set(form, (this.decided.get(form) ?? 0) + 1);
    decision.fill(0, DECISION_IMAGE, DECISION_IMAGE + 8);
    return decision;
  }
}

class Differs extends Error {
  constructor(readonly difference: Difference) {
    super('a decision differs');
  }
}

function isInvalid(decision: Uint8Array): boolean {
  return decision[DECISION_STATUS] === Status.INVALID_PAYLOAD;
}

export function filesOf(texts: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new Map(Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]));
}

function regionsOf(lists: FormBundle['lists']): Map<string, Uint8Array> {
  const regions = Object.entries(lists).map(([name, { type, entries }]): [string, Uint8Array] => {
    const source = { format: 'lines', chunks: [new TextEncoder().encode(entries.join('\n'))] } as const;
    const { region, faults } = buildList({ type, source, into: undefined });
    if (region === undefined || faults.length > 0) throw new Error(`the list ${name} is none: ${JSON.stringify(faults)}`);
    return [name, region];
  });
  return new Map(regions);
}
