// The owner's end of all listeners: tells each what is live, answers a change when all have taken it, keeps what they have, and
// does what they ask for. state.ts has the drawing.

import { assert } from '../assert.js';
import { type Channel, ChannelError } from '../channel/channel.js';
import type { ListBytes, LocalEngine, OwnedEngine } from '../engine.js';
import { Problem } from '../errors.js';
import type { Bindings } from '../registry/bindings.js';
import type { LiveImage } from '../registry/live-image.js';
import type { Registry } from '../registry/registry.js';
import type { Tenant } from '../registry/tenant.js';
import type { GeneratedCode } from '../runtime/generated-code.js';
import { SharedBucket } from '../scheduler/shared-quota.js';
import type { ImageState, ListenerCalls, OwnerCalls, TenantState } from './state.js';

/** How long a listener may take to say that it decides with a change: its event loop turns in a few milliseconds. */
const TAKE_MILLIS_MAX = 10_000;

/** The same of one that is starting. */
const START_MILLIS_MAX = 30_000;

/** Where the hub says what went wrong on no request's behalf. */
export interface HubLog {
  error(fields: object, message: string): void;
}

/** An image as a listener has it. */
interface Handed {
  readonly id: number;
  bindings: Bindings | undefined;
  code: GeneratedCode | undefined;
}

/** One listener, seen from the owner. */
export class Attachment {
  /** What the thread has, by id: how to give it back. */
  private readonly held = new Map<number, () => void>();
  private readonly images = new Map<LiveImage, Handed>();
  private readonly byId = new Map<number, LiveImage>();
  private readonly tenants = new Set<Tenant>();
  private isOver = false;

  constructor(
    readonly part: number,
    private readonly ids: { next: number },
  ) {}

  /** Things of the tenants' memories that are kept for it. */
  get heldCount(): number {
    return this.held.size;
  }

  /** What it has to be told of a tenant; all that is named is kept for it from here on. */
  stateOf(registry: Registry, tenant: Tenant): TenantState {
    assert(!this.isOver, 'a listener that is gone was told something');
    const { name, memory, quota, live } = tenant;
    const isNew = !this.tenants.has(tenant);
    this.tenants.add(tenant);
    return {
      name,
      memory: isNew ? memory.memory : undefined,
      quota: quota instanceof SharedBucket ? quota.shared : undefined,
      live: [...live.values()].map((image) => this.imageState(image)),
      lists: registry.lists(name),
      parameters: registry.parameters(name),
    };
  }

  /** The image of an id, as long as the thread has it. */
  image(id: number): LiveImage | undefined {
    return this.byId.get(id);
  }

  returned(id: number): void {
    const release = this.held.get(id);
    assert(release !== undefined, 'a listener has given back what it did not have');
    this.held.delete(id);
    release();
  }

  /** Takes back all that the thread had. Nothing of it may run any more. Idempotent. */
  end(): void {
    this.isOver = true;
    for (const id of [...this.held.keys()]) this.returned(id);
    for (const { memory } of this.tenants) memory.releasePart(this.part);
    this.tenants.clear();
  }

  private imageState(image: LiveImage): ImageState {
    let handed = this.images.get(image);
    let parts: ImageState['parts'];
    if (handed === undefined) {
      handed = { id: this.ids.next++, bindings: undefined, code: undefined };
      this.hold(image, handed);
      parts = image.parts;
    }
    const { earlierModels, isStored, code, withoutCode } = image;
    const state: ImageState = {
      ...{ id: handed.id, parts, earlierModels, isStored, withoutCode },
      bindings: undefined,
      code: undefined,
    };
    if (image.bindings !== undefined && image.bindings !== handed.bindings) {
      const bindings = image.bindings.retain();
      handed.bindings = bindings;
      const id = this.ids.next++;
      this.held.set(id, () => bindings.release());
      const { address, listCount, parameterCount } = bindings;
      state.bindings = { id, address, listCount, parameterCount };
    }
    if (code !== undefined && handed.code === undefined) {
      handed.code = code;
      state.code = code.module;
    }
    return state;
  }

  private hold(image: LiveImage, handed: Handed): void {
    image.pin();
    this.images.set(image, handed);
    this.byId.set(handed.id, image);
    this.held.set(handed.id, () => {
      this.images.delete(image);
      this.byId.delete(handed.id);
      image.unpin();
    });
  }
}

interface Line {
  readonly channel: Channel<ListenerCalls>;
  readonly attachment: Attachment;
  /** See Hub.open. */
  readonly dismiss: () => Promise<boolean>;
  /** It has not taken a change, and is being ended. */
  ending: Promise<boolean> | undefined;
}

export class Hub {
  readonly engine: LocalEngine;
  private readonly registry: Registry;
  private readonly lines = new Map<Attachment, Line>();
  private readonly ids = { next: 1 };

  /** Lets other threads decide for the tenants of an engine that has room for them. */
  constructor(
    private readonly owned: OwnedEngine,
    private readonly log: HubLog,
    private readonly takeMillisMax = TAKE_MILLIS_MAX,
  ) {
    const { engine, registry, host } = owned;
    this.engine = engine;
    this.registry = registry;
    engine.changed = (tenant) => this.sync(tenant);
    const { codes } = host;
    if (codes === undefined) return;
    // Code comes on no request's behalf, when it comes.
    host.codes = {
      want: async (live) => {
        await codes.want(live);
        if (live.code !== undefined) await this.sync(live.tenant.name).catch((error: unknown) => this.failed(error));
      },
    };
  }

  /** A part of the tenants' memories for a thread that is about to start, to which `open` gives a line. */
  attach(part: number): Attachment {
    return new Attachment(part, this.ids);
  }

  /**
   * Tells a thread that listens by now of all tenants, and of every change from now on. Rejects with ChannelError.
   *
   * @param dismiss ends the thread, which has not taken a change; resolves when nothing of it runs any more, or to false where it
   *   cannot be ended
   */
  async open(attachment: Attachment, channel: Channel<ListenerCalls>, dismiss: () => Promise<boolean>): Promise<void> {
    this.lines.set(attachment, { attachment, channel, dismiss, ending: undefined });
    await channel.call('take', this.statesFor(attachment, this.registry.allTenants()), START_MILLIS_MAX);
  }

  /** A thread is gone, and nothing of it runs any more: what it had is free. */
  detach(attachment: Attachment): void {
    this.lines.delete(attachment);
    attachment.end();
  }

  /** What a listener may have done. `channel`: its own, for what it sends in pieces. */
  callsOf(attachment: Attachment, channel: () => Channel<ListenerCalls>): OwnerCalls {
    const { engine } = this;
    return {
      returned: (ids) => {
        for (const id of ids) attachment.returned(id);
      },
      wantCode: (id) => {
        const live = attachment.image(id);
        if (live !== undefined) void this.owned.host.codes?.want(live);
      },
      publish: ({ tenant, files, options }) => engine.publish(tenant, files, options),
      putList: ({ tenant, name, content, options, stream }) =>
        engine.putList(tenant, name, { ...content, chunks: piecesOf(channel(), stream) } as ListBytes, options),
      deleteList: ({ tenant, name }) => engine.deleteList(tenant, name),
      putParameters: ({ tenant, set, values, options }) => engine.putParameters(tenant, set, values, options),
      rollbackParameters: ({ tenant, set, version }) => engine.rollbackParameters(tenant, set, version),
      parameterHistory: ({ tenant, set }) => engine.parameterHistory(tenant, set),
    };
  }

  /**
   * Resolves when every listener decides with what a tenant has now. One that does not say so in time is ended: nobody decides with
   * what was before then. Rejects with Problem INTERNAL where it cannot be ended: what it has stays good for it.
   */
  async sync(name: string): Promise<void> {
    const tenant = this.registry.allTenants().find((each) => each.name === name);
    if (tenant === undefined) return;
    const answers = [...this.lines.values()].map((line) => this.tell(line, tenant));
    // All of them, so that none is left to reject with nobody there.
    for (const result of await Promise.allSettled(answers)) if (result.status === 'rejected') throw result.reason;
  }

  private async tell(line: Line, tenant: Tenant): Promise<void> {
    const { attachment, channel } = line;
    const { part } = attachment;
    if (line.ending === undefined) {
      try {
        await channel.call('take', this.statesFor(attachment, [tenant]), this.takeMillisMax);
        return;
      } catch (error) {
        // One that is gone decides nothing.
        if (error instanceof ChannelError && error.code === 'CLOSED') return;
        this.log.error({ listener: part, tenant: tenant.name, err: error }, 'a listener has not taken a change and is replaced');
        line.ending ??= line.dismiss();
      }
    }
    if (await line.ending) return;
    throw new Problem('INTERNAL', `the change is made, but listener ${part} hangs and cannot be ended: it may decide without it`);
  }

  private statesFor(attachment: Attachment, tenants: readonly Tenant[]): TenantState[] {
    return tenants.map((tenant) => attachment.stateOf(this.registry, tenant));
  }

  private failed(error: unknown): void {
    this.log.error({ err: error }, 'code has not reached every listener');
  }
}

/** A content that the other side sends piece by piece, as it is asked for. */
async function* piecesOf(channel: Channel<ListenerCalls>, stream: number): AsyncGenerator<Uint8Array> {
  while (true) {
    const piece = await channel.call('more', stream);
    if (piece === undefined) return;
    yield piece;
  }
}
