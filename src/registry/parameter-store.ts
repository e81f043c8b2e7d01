// Parameters in the data directory: immutable versions of each set, and which is current.
//
//   tenants/{tenant}/parameters/{folder}/
//     {version}.json                            values of a version, named by its content
//     current.json                              name, and which versions have been current, the last one now
//
// As for lists, the version is written, synced and renamed to its place, then current.json: that rename is the commit. A crash
// before it leaves a version that nothing names. Folders are named as those of lists.

import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ParameterValue } from '../image/manifest.js';
import { makeFolder, notThere, proven, readProven, removeTemporaries, type StoreProblem, writeDurably } from './files.js';
import { folderOf, nameOf } from './list-store.js';

/** Values that have been set, by name, sorted; the others have their defaults. */
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

/** When a version became current. */
export interface ParameterEvent {
  /** 16 hex digits, of the values. */
  version: string;
  /** RFC 3339. */
  at: string;
}

/** One version of a set of parameters. */
export interface ParameterVersion {
  version: string;
  /** Absent where no value has ever been set. */
  at?: string;
  values: ParameterValues;
}

export interface StoredParameters {
  name: string;
  /** Undefined where it is damaged: then nobody knows what holds. */
  current: ParameterVersion | undefined;
}

/** Content of current.json. */
interface Current {
  name: string;
  /** The last one is current. */
  versions: ParameterEvent[];
}

/** Events whose values stay on disk. */
export const PARAMETER_VERSIONS_KEPT = 100;
/** Events that are remembered. */
const EVENTS_MAX = 1000;
const VERSION_FILE = /^[0-9a-f]{16}\.json$/;

export class ParameterStore {
  /**
   * @param directory absolute path of the data directory
   * @param isOwner false: somebody else writes there, and nothing is changed
   */
  constructor(
    private readonly directory: string,
    private readonly isOwner = true,
  ) {}

  /** Makes a version the current one of a set. Durable when it resolves. */
  async commit(tenant: string, name: string, { version, values }: ParameterVersion, at: string): Promise<void> {
    const folder = this.folder(tenant, name);
    await makeFolder(folder, this.directory);
    // Where current.json is damaged, what it knew is lost; the set itself need not be.
    const before = await this.current(folder).catch(() => undefined);
    const versions = [...(before?.versions ?? []), { version, at }].slice(-EVENTS_MAX);
    await writeDurably(join(folder, `${version}.json`), proven({ name, values }));
    await writeDurably(join(folder, 'current.json'), proven({ name, versions } satisfies Current));
    const kept = new Set(versions.slice(-PARAMETER_VERSIONS_KEPT).map((event) => `${event.version}.json`));
    for (const file of await readdir(folder)) {
      if (VERSION_FILE.test(file) && !kept.has(file)) await rm(join(folder, file), { force: true });
    }
  }

  /** What has been current, the last one now. */
  async history(tenant: string, name: string): Promise<ParameterEvent[]> {
    return (await this.current(this.folder(tenant, name)))?.versions ?? [];
  }

  /** Values of a version that is still kept. Throws Error where it is damaged. */
  async values(tenant: string, name: string, version: string): Promise<ParameterValues | undefined> {
    const stored = await readProven<{ values: ParameterValues }>(join(this.folder(tenant, name), `${version}.json`));
    return stored?.values;
  }

  /** Sets of a tenant. A damaged one is reported and hides no other. */
  async load(tenant: string, problems: StoreProblem[]): Promise<StoredParameters[]> {
    const sets: StoredParameters[] = [];
    const root = join(this.directory, 'tenants', tenant, 'parameters');
    for (const entry of (await readdir(root, { withFileTypes: true }).catch(notThere)).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const folder = join(root, entry.name);
      const path = relative(this.directory, folder);
      const name = nameOf(entry.name);
      if (!entry.isDirectory() || name === undefined) {
        problems.push({ path, message: 'does not belong here' });
        continue;
      }
      try {
        if (this.isOwner) await removeTemporaries(folder);
        const current = await this.loadSet(tenant, folder, name);
        if (current !== undefined) sets.push({ name, current });
      } catch (error) {
        problems.push({ path, message: (error as Error).message });
        sets.push({ name, current: undefined });
      }
    }
    return sets;
  }

  private async loadSet(tenant: string, folder: string, name: string): Promise<ParameterVersion | undefined> {
    const current = await this.current(folder);
    const last = current?.versions.at(-1);
    if (current === undefined || last === undefined) {
      // With more than one version there has been a commit, and current.json is lost.
      if ((await readdir(folder)).filter((file) => VERSION_FILE.test(file)).length > 1) throw new Error('current.json is missing');
      return undefined;
    }
    if (current.name !== name) throw new Error(`it holds another set: ${current.name}`);
    const values = await this.values(tenant, name, last.version);
    if (values === undefined) throw new Error(`${last.version}.json is missing`);
    return { ...last, values };
  }

  private current(folder: string): Promise<Current | undefined> {
    return readProven<Current>(join(folder, 'current.json'));
  }

  private folder(tenant: string, name: string): string {
    const folder = folderOf(name);
    if (nameOf(folder) !== name) throw new Error(`not a name of a set of parameters: ${name}`);
    return join(this.directory, 'tenants', tenant, 'parameters', folder);
  }
}
