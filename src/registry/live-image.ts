// A live image: a verified image in its tenant's memory, with what the host must know to decide with it. It never changes, apart
// from its pins: a request in flight pins the image it began with, and the memory of a retired image is freed when the last pin
// is gone. Pins are plain numbers: each thread that decides with an image has a LiveImage of its own, and the one that owns the
// tenant pins its own for each of the others (src/attached).

import { ImageKind } from '../../assembly/shared/image.js';
import { ImageError } from '../../assembly/shared/status.js';
import { assert } from '../assert.js';
import type { ParameterContent } from '../bundle/parameter-value.js';
import { CODE_DECISIONS_MIN } from '../config.js';
import { Problem } from '../errors.js';
import { type ImageFile, readImageFile, readSources } from '../image/file.js';
import type { ImageHeader } from '../image/header.js';
import type { Manifest, ManifestHead, ManifestList, ManifestParameter, ManifestParameters } from '../image/manifest.js';
import type { ParameterBinding } from '../image/parameter-block.js';
import type { GeneratedCode } from '../runtime/generated-code.js';
import { Pace } from '../scheduler/pace.js';
import { PayloadEncoder } from '../schema/encode.js';
import { type JsonRoom, jsonRoom } from '../schema/json-room.js';
import type { Model } from '../schema/model.js';
import { Reasons } from '../schema/reasons.js';
import { Bindings } from './bindings.js';
import type { Freer, ListRegion } from './list-region.js';
import type { ListVersion } from './list-store.js';
import type { ParameterVersion } from './parameter-store.js';
import { contentOf, NOTHING_SET } from './parameters.js';
import type { Tenant } from './tenant.js';

/** What a set of bindings has in the place of what is current. */
export interface BindingChange {
  list?: { name: string; region: ListRegion };
  set?: { name: string; version: ParameterVersion };
}

/** What another thread needs of an image in order to decide with it. All of it can be sent. */
export interface ImageParts {
  header: ImageHeader;
  head: ManifestHead;
  /** In shared memory. */
  sources: Uint8Array;
  address: number;
}

export class LiveImage {
  /** Of the bundle. */
  readonly name: string;
  readonly version: string;
  /** First 8 bytes of the image's sha256, 16 hex digits. */
  readonly image: string;
  readonly model: Model;
  /** Static worst case of one payload, in units. */
  readonly costMax: number;
  /** Bytes of the largest decision, a multiple of 8. */
  readonly decisionBytesMax: number;
  readonly encoder: PayloadEncoder;
  /** Bytes of the deciding part. */
  readonly bytes: number;
  /** Instructions of its program. */
  readonly codeCount: number;
  readonly ruleCount: number;
  /** What payloads of JSON text need of a slot. */
  readonly jsonRoom: JsonRoom;
  /** Those that its decisions give. */
  readonly reasons: Reasons;
  /** Whether a decision depends on `now`. */
  readonly usesNow: boolean;
  /** How long its units of cost take on workers. */
  readonly pace = new Pace();
  /**
   * What the lists and parameters that its program reads are bound to; undefined where it reads none. A request retains them once,
   * as it begins, and gives them back when it is settled. Only `rebind` replaces them, in one assignment.
   */
  bindings: Bindings | undefined;
  /** Code generated for it, which decides instead of the VM as soon as it is there: one assignment, by `Codes`. */
  code: GeneratedCode | undefined;
  /** Why it has no code, once it has been asked for. */
  withoutCode: string | undefined;
  /** Hashes of earlier models of the bundle, whose payloads it reads as well: field ids and enum numbers are never given twice. */
  earlierModels: readonly string[] = [];
  /** Whether the store has its file, and so may have its code. */
  isStored = false;
  /** Decisions until code is asked for. */
  private untilCode = CODE_DECISIONS_MIN;
  /** Lists that are its own, by name; the others are the tenant's. */
  private readonly own = new Map<string, ListRegion>();
  /** Sets of parameters that are its own, by name. */
  private ownSets: ReadonlyMap<string, ParameterVersion> = new Map();
  readonly header: ImageHeader;
  /** What deciding needs of its manifest. */
  readonly head: ManifestHead;
  /** The rest of its manifest as the file has it: a copy, since the file is the caller's; shared by all threads. */
  private readonly sources: Uint8Array;
  private read: Manifest | undefined;
  private pins = 0;
  private retired = false;
  private freed = false;

  private constructor(
    readonly tenant: Tenant,
    { header, head, sources }: Omit<ImageFile, 'deciding'>,
    /** Absolute address of the deciding part in the tenant's memory. */
    readonly address: number,
    private readonly freer: Freer,
  ) {
    this.header = header;
    this.bytes = header.bytes;
    this.codeCount = header.codeCount;
    this.ruleCount = header.ruleCount;
    this.reasons = new Reasons(address, header.ruleCount);
    this.head = head;
    this.sources = sources;
    this.name = head.name;
    this.version = head.version;
    this.image = header.hash;
    this.model = head.model;
    this.costMax = header.costMax;
    this.decisionBytesMax = header.decisionBytesMax;
    this.usesNow = header.usesNow;
    this.encoder = new PayloadEncoder(head.model);
    this.jsonRoom = jsonRoom(head.model);
  }

  /**
   * Takes an image file apart where it is not yet, copies its deciding part into the tenant's memory and has the engine verify it
   * there.
   * Throws Problem: INVALID_IMAGE for a damaged file or one of another kind, OUT_OF_MEMORY at the tenant's quota.
   */
  static place(tenant: Tenant, file: Uint8Array | ImageFile): LiveImage {
    const parts = takeApart(file);
    const { deciding } = parts;
    const address = tenant.memory.place(deciding);
    try {
      const error = tenant.inline.verifyImage(address, deciding.length);
      if (error !== ImageError.NONE) throw new Problem('INVALID_IMAGE', `the engine refuses it: ${ImageError[error]}`);
      return new LiveImage(tenant, { ...parts, sources: shared(parts.sources) }, address, tenant.memory);
    } catch (error) {
      tenant.memory.free(address);
      throw error;
    }
  }

  /**
   * An image that the owner of the tenant has placed and verified, and keeps until `freer` is told that nobody here decides with it
   * any more. What it is bound to comes by `rebind`.
   */
  static attach(tenant: Tenant, parts: ImageParts, freer: Freer): LiveImage {
    return new LiveImage(tenant, parts, parts.address, freer);
  }

  /** For `attach` on another thread, as long as it is pinned here. */
  get parts(): ImageParts {
    const { header, head, sources, address } = this;
    return { header, head, sources, address };
  }

  /**
   * Its whole manifest. The sources are parsed when they are first asked for: they are not needed to decide, and grow with the
   * rules. Throws Problem INVALID_IMAGE where an undamaged file has none.
   */
  get manifest(): Manifest {
    if (this.read === undefined) {
      try {
        this.read = { ...this.head, ...readSources(this.sources.slice()) };
      } catch (error) {
        throw new Problem('INVALID_IMAGE', (error as Error).message);
      }
    }
    return this.read;
  }

  /** Names of the lists that its program asks, in the image's order. */
  get listsRead(): string[] {
    const read = this.head.lists.filter(({ isRead }) => isRead).map(({ name }) => name);
    return read.sort();
  }

  /** The declaration of a list that the image takes from the tenant; undefined where it has its own, or none. */
  tenantList(name: string): ManifestList | undefined {
    return this.own.has(name) ? undefined : this.head.lists.find((list) => list.name === name && list.content === undefined);
  }

  /** The declaration of a set of parameters that the image takes from the tenant; undefined where it has its own, or none. */
  tenantSet(name: string): ManifestParameters | undefined {
    return this.ownSets.has(name) ? undefined : this.head.parameters.find((set) => set.name === name);
  }

  /**
   * Binds all lists and parameters, before the first decision: those in `own` and `ownSets` (which it takes over), the others to
   * the tenant's. Every list that is declared must be there, even one that no program asks: explanations may.
   * Throws Problem LIST_MISSING, LIST_MISMATCH, PARAMETERS_MISMATCH where one does not fit its declaration, PARAMETERS_DAMAGED,
   * OUT_OF_MEMORY.
   */
  bind(own: ReadonlyMap<string, ListRegion>, ownSets: ReadonlyMap<string, ParameterVersion> = new Map()): void {
    for (const [name, region] of own) this.own.set(name, region);
    this.ownSets = ownSets;
    for (const list of this.head.lists) {
      const region = this.regionOf(list.name);
      if (region === undefined)
        throw new Problem('LIST_MISSING', `${this.name} reads the list ${list.name}, and it has no entries`);
      checkFit(this.name, list, region.list);
    }
    this.checkParameters();
    this.bindings = this.prepare();
    const lists = this.head.lists.some(({ name }) => this.tenantList(name) !== undefined);
    const sets = this.head.parameters.some(({ name }) => this.tenantSet(name) !== undefined);
    if (lists || sets) this.tenant.readers.add(this);
  }

  /** Throws Problem PARAMETERS_MISMATCH where a value of the tenant is not one that it declares, PARAMETERS_DAMAGED. */
  checkParameters(): void {
    for (const set of this.head.parameters) {
      if (this.tenantSet(set.name) !== undefined && this.tenant.damagedParameters.has(set.name))
        throw new Problem('PARAMETERS_DAMAGED', `the stored values of ${set.name} cannot be read, and ${this.name} reads them`);
      const version = this.setVersion(set.name);
      for (const parameter of set.values) this.contentOf(set.name, parameter, version);
    }
  }

  /** Values of its own for sets that it declares, from the next request on; the others are the tenant's. Throws OUT_OF_MEMORY. */
  takeParameters(ownSets: ReadonlyMap<string, ParameterVersion>): void {
    const before = this.ownSets;
    this.ownSets = ownSets;
    try {
      this.rebind(this.prepare());
    } catch (error) {
      this.ownSets = before;
      throw error;
    }
  }

  /**
   * Bindings as they are to be, with another version in the place of one of the tenant's; undefined where its program reads
   * nothing of the kind. Throws Problem OUT_OF_MEMORY, PARAMETERS_MISMATCH.
   */
  prepare(change: BindingChange = {}): Bindings | undefined {
    const { list, set } = change;
    const names = this.listsRead;
    const read = this.head.parameters.flatMap(({ name, values }) =>
      values.filter(({ isRead }) => isRead).map((parameter) => ({ set: name, name: parameter.name })),
    );
    if (names.length + read.length === 0) return undefined;
    const regions = names.map((each) => (each === list?.name ? list.region : this.regionOf(each)) as ListRegion);
    return Bindings.make(this.tenant, this.address, regions, this.boundParameters(read, set));
  }

  /** Decides with a table of `prepare` from the next request on. */
  rebind(bindings: Bindings | undefined): void {
    if (this.retired) {
      bindings?.release();
      return;
    }
    const before = this.bindings;
    this.bindings = bindings;
    before?.release();
  }

  /**
   * What lists and parameters that it declares are bound to now, in the order given: for an image that reads them beside the live
   * image, such as that of an explanation. The caller releases it. Throws Problem LIST_MISSING, OUT_OF_MEMORY.
   */
  bindFor(image: number, lists: readonly string[], parameters: readonly { set: string; name: string }[]): Bindings {
    const regions = lists.map((name) => {
      const region = this.regionOf(name);
      if (region === undefined) throw new Problem('LIST_MISSING', `the list ${name} has no entries`);
      return region;
    });
    return Bindings.make(this.tenant, image, regions, this.boundParameters(parameters));
  }

  /** Requests in flight that decide with it. */
  get pinCount(): number {
    return this.pins;
  }

  /** Counts decisions: an image that decides much is worth code of its own. */
  decided(count: number): void {
    if (this.untilCode <= 0) return;
    this.untilCode -= count;
    if (this.untilCode <= 0) void this.tenant.host.codes?.want(this);
  }

  /** Whether no request will begin with it any more. */
  get isRetired(): boolean {
    return this.retired;
  }

  /** Whether its memory has been given back. */
  get isFreed(): boolean {
    return this.freed;
  }

  /** A copy of the deciding part. */
  copyDeciding(): Uint8Array {
    return this.tenant.memory.viewHeap(this.address, this.bytes).slice();
  }

  /** Keeps its memory until `unpin`. */
  pin(): void {
    assert(!this.freed, 'decided with an image that has been released');
    this.pins++;
  }

  unpin(): void {
    this.pins--;
    if (this.retired && this.pins === 0) this.free();
  }

  /** No request will begin with it any more: its memory is freed as soon as the last one is settled. Idempotent. */
  retire(): void {
    this.retired = true;
    this.tenant.readers.delete(this);
    if (this.pins === 0 && !this.freed) this.free();
  }

  private free(): void {
    this.freed = true;
    this.code = undefined;
    this.reasons.free();
    this.freer.free(this.address);
    this.bindings?.release();
    this.bindings = undefined;
    for (const region of this.own.values()) region.release();
    this.own.clear();
  }

  private boundParameters(names: readonly { set: string; name: string }[], change?: BindingChange['set']): ParameterBinding[] {
    return names.map(({ set, name }) => {
      const parameter = this.head.parameters.find((each) => each.name === set)?.values.find((each) => each.name === name);
      assert(parameter !== undefined, `${this.name} declares no parameter ${set}.${name}`);
      const version = change?.name === set ? change.version : this.setVersion(set);
      return { version: version.version, content: this.contentOf(set, parameter, version) };
    });
  }

  private setVersion(name: string): ParameterVersion {
    return this.ownSets.get(name) ?? this.tenant.parameters.get(name) ?? NOTHING_SET;
  }

  private contentOf(set: string, parameter: ManifestParameter, version: ParameterVersion): ParameterContent {
    return contentOf(this.manifest, set, parameter, version);
  }

  private regionOf(name: string): ListRegion | undefined {
    return this.tenantList(name) === undefined ? this.own.get(name) : this.tenant.lists.get(name)?.region;
  }
}

/** A copy in shared memory. */
function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** Throws Problem LIST_MISMATCH where a version of a list does not fit a declaration. */
export function checkFit(bundle: string, declared: ManifestList, { type, count }: Pick<ListVersion, 'type' | 'count'>): void {
  const { name, maximum } = declared;
  if (type !== declared.type) {
    throw new Problem('LIST_MISMATCH', `the list ${name} has the type ${type}, and the bundle ${bundle} declares ${declared.type}`);
  }
  if (maximum !== undefined && count > maximum) {
    throw new Problem(
      'LIST_MISMATCH',
      `the list ${name} has ${count} entries, and the bundle ${bundle} declares at most ${maximum}`,
    );
  }
}

function takeApart(file: Uint8Array | ImageFile): ImageFile {
  let parts: ImageFile;
  try {
    parts = file instanceof Uint8Array ? readImageFile(file) : file;
  } catch (error) {
    throw new Problem('INVALID_IMAGE', (error as Error).message);
  }
  const { header, head } = parts;
  if (header.kind !== ImageKind.DECISION) throw new Problem('INVALID_IMAGE', 'it evaluates expressions, it does not decide');
  if (!Array.isArray(head.lists)) throw new Problem('INVALID_IMAGE', 'its manifest says nothing of lists');
  const read = head.lists.filter(({ isRead }) => isRead).length;
  if (read !== header.listCount) throw new Problem('INVALID_IMAGE', 'its manifest has other lists');
  if (!Array.isArray(head.parameters)) throw new Problem('INVALID_IMAGE', 'its manifest says nothing of parameters');
  const values = head.parameters.flatMap((set) => set.values.filter(({ isRead }) => isRead)).length;
  if (values !== header.parameterCount) throw new Problem('INVALID_IMAGE', 'its manifest has other parameters');
  if (head.model.hash !== header.modelHash) throw new Problem('INVALID_IMAGE', 'its manifest is of another model');
  return parts;
}
