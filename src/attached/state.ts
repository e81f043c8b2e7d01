// What listeners and the owner of the tenants tell one another. All of it is of structured clone, and goes over a Channel.
//
//   owner                                              listener
//   ------------------------------------------------------------------------------------------------------
//   a publish, a list, parameters, code
//   pins what it is about to name
//   take(states of the tenant)        --->             takes what is new, in one turn of its event loop,
//                                     <--- answer      and begins no request with what was there before
//   the caller is answered
//                                     <--- returned    the last request that had an old one is settled
//   unpins; frees where nobody else has it
//
// A state is whole: what a tenant has now, and not what has changed. So a listener that missed one, or is new, is told like any
// other, and states of several changes may come in any number. What a listener has is pinned by the owner for it, and by nobody
// else: where the thread dies, the owner unpins all that it had.

import type { ListBytes, ListInfo, PublishResult, PutParametersResult, PutResult } from '../engine.js';
import type { BindingsPlace } from '../registry/bindings.js';
import type { ImageParts } from '../registry/live-image.js';
import type { ParameterEvent } from '../registry/parameter-store.js';
import type { GivenValues, ParametersInfo } from '../registry/parameters.js';
import type { WasmMemory, WasmModule } from '../runtime/webassembly.js';
import type { SharedQuota } from '../scheduler/shared-quota.js';

/** A live image of a tenant. Ids are given once, by the owner. */
export interface ImageState {
  id: number;
  /** The first time that the listener is told of it. */
  parts: ImageParts | undefined;
  earlierModels: readonly string[];
  isStored: boolean;
  /** What it is bound to from now on, where that is not what the listener was told last. */
  bindings: ({ id: number } & BindingsPlace) | undefined;
  /** Code that is there and that the listener does not have. */
  code: WasmModule | undefined;
  withoutCode: string | undefined;
}

/** A tenant as it is now. */
export interface TenantState {
  name: string;
  /** The first time. */
  memory: WasmMemory | undefined;
  quota: SharedQuota | undefined;
  live: ImageState[];
  lists: ListInfo[];
  parameters: ParametersInfo[];
}

/** A content of a list that a listener has begun to send: more of it is asked for by `more`. */
export type SentList = Pick<ListBytes, 'format' | 'header'>;

/** What the owner does for a listener. */
export interface OwnerCalls {
  /** Nobody on the thread has these any more. */
  returned(ids: readonly number[]): void;
  /** An image has decided so much that code is worth it. */
  wantCode(id: number): void;
  publish(change: {
    tenant: string;
    files: Map<string, Uint8Array>;
    options: { dryRun?: boolean; name?: string };
  }): Promise<PublishResult>;
  /** `stream`: what `more` calls it. */
  putList(change: {
    tenant: string;
    name: string;
    content: SentList;
    options: { type?: string };
    stream: number;
  }): Promise<PutResult>;
  deleteList(change: { tenant: string; name: string }): Promise<void>;
  putParameters(change: {
    tenant: string;
    set: string;
    values: GivenValues;
    options: { merge?: boolean };
  }): Promise<PutParametersResult>;
  rollbackParameters(change: { tenant: string; set: string; version: string | undefined }): Promise<PutParametersResult>;
  parameterHistory(change: { tenant: string; set: string }): Promise<ParameterEvent[]>;
}

/** What a listener does for the owner. */
export interface ListenerCalls {
  /** Decides with this from now on. */
  take(states: readonly TenantState[]): void;
  /** The next piece of a list that it sends; undefined where it is over. */
  more(stream: number): Promise<Uint8Array | undefined>;
}
