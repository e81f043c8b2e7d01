// What a process that decides and the process that owns the data directory say to each other.

import type { BundleFiles } from '../bundle/files.js';
import type { GivenValues, PublishResult, PutParametersResult, PutResult, Quota } from '../engine.js';

/** A list on its way: in a file of the store's `uploads`, which both see; or as it was given. */
export type SentList =
  | { path: string; format: 'lines' | 'csv' | 'region'; header?: boolean }
  | { entries: readonly (string | number | bigint)[] }
  | { region: Uint8Array };

/**
 * Asked of the owner. A change is answered when it is durable and every process that decides has it. What is thrown is what the
 * engine of the owner throws.
 */
export interface OwnerHandlers {
  publish(value: { tenant: string; files: BundleFiles; dryRun: boolean; name?: string }): Promise<PublishResult>;
  putList(value: { tenant: string; name: string; content: SentList; type?: string }): Promise<PutResult>;
  deleteList(value: { tenant: string; name: string }): Promise<void>;
  putParameters(value: { tenant: string; set: string; values: GivenValues; merge: boolean }): Promise<PutParametersResult>;
  rollbackParameters(value: { tenant: string; set: string; version?: string }): Promise<PutParametersResult>;
  setQuota(value: { tenant: string; quota: Quota | undefined }): Promise<void>;
  /** Resolves when the store has code for this image, if it is live and can have any. */
  makeCode(value: { tenant: string; bundle: string; image: string }): Promise<void>;
  /** Everything stored has been loaded. Resolves when changes from now on wait for the one that asks. */
  loaded(value: null): Promise<void>;
}

/** Asked of those that decide. */
export interface FollowerHandlers {
  /** Takes what the store has of a tenant. Rejects where it cannot: it must be replaced then. */
  refresh(value: { tenant: string }): Promise<void>;
  /** What this process lets a tenant spend from now on. */
  quota(value: { tenant: string; quota: Quota | undefined }): Promise<void>;
}
