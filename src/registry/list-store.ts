// Lists in the data directory: immutable versions, and which is current.
//
//   uploads/{id}.tmp                            on its way; removed at start
//   tenants/{tenant}/lists/{folder}/
//     {version}.list                            a region, named by its content
//     current.json                              name, type, which version is current, and which have been
//
// A put writes the region aside, synced, renames it to its place, then writes current.json: that rename is the commit. A crash
// before it leaves a region that nothing names. The folder is the list's name with every capital X written `-x`, for file systems
// that do not tell `Blocked` from `blocked`.

import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { LIST_NAME_PATTERN } from '../config.js';
import {
  makeFolder,
  notThere,
  proven,
  readProven,
  removeTemporaries,
  type StoreProblem,
  syncDirectory,
  writeDurably,
} from './files.js';

/** One version of a list. */
export interface ListVersion {
  /** 16 hex digits, of its content. */
  version: string;
  /** string, number, date, timestamp or decimal(SCALE). */
  type: string;
  /** Entries. */
  count: number;
  /** In memory and on disk. */
  bytes: number;
  /** When it was put, RFC 3339. */
  at: string;
}

/** What is current for one list. */
export interface StoredList extends ListVersion {
  name: string;
  /** Absolute path of the region. */
  path: string;
}

/** Content of current.json. */
interface Current {
  name: string;
  /** The last one is current. */
  versions: ListVersion[];
}

/** Regions of a list that stay on disk: the current one and those before it. */
export const LIST_VERSIONS_KEPT = 8;
/** Versions that are remembered. */
const VERSIONS_MAX = 1000;
const REGION = /^[0-9a-f]{16}\.list$/;

export class ListStore {
  private readonly uploads: string;

  /**
   * @param directory absolute path of the data directory
   * @param isOwner false: somebody else writes there, and only `spool` makes files
   */
  constructor(
    private readonly directory: string,
    private readonly isOwner = true,
  ) {
    this.uploads = join(directory, 'uploads');
  }

  /** Removes what was on its way when the process ended. */
  async open(): Promise<void> {
    await rm(this.uploads, { recursive: true, force: true });
    await mkdir(this.uploads);
  }

  /** A path for something on its way. */
  newPath(): string {
    return join(this.uploads, `${randomUUID()}.tmp`);
  }

  /** Writes a content to a file aside as it comes; each chunk is written before the next is asked for. */
  async spool(chunks: AsyncIterable<Uint8Array>): Promise<string> {
    const path = this.newPath();
    try {
      const file = await open(path, 'wx');
      try {
        for await (const chunk of chunks) await file.writeFile(chunk);
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.discard(path);
      throw error;
    }
    return path;
  }

  async discard(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Makes a version, synced in a file aside, the current one of a list. Durable when it resolves. */
  async commit(tenant: string, name: string, version: ListVersion, aside: string): Promise<void> {
    const folder = this.folder(tenant, name);
    await makeFolder(folder, this.directory);
    // Where current.json is damaged, what it knew is lost; the list itself need not be.
    const before = await readProven<Current>(join(folder, 'current.json')).catch(() => undefined);
    if (before === undefined) await removeRegions(folder, new Set()); // so that several regions always mean a commit
    const others = (before?.versions ?? []).filter((other) => other.version !== version.version);
    const versions = [...others, version].slice(-VERSIONS_MAX);
    await rename(aside, join(folder, `${version.version}.list`));
    await syncDirectory(folder);
    await writeDurably(join(folder, 'current.json'), proven({ name, versions } satisfies Current));
    const kept = new Set(versions.slice(-LIST_VERSIONS_KEPT).map((each) => `${each.version}.list`));
    await removeRegions(folder, kept);
  }

  /** Versions of a list that are remembered, the current one last. */
  async versions(tenant: string, name: string): Promise<ListVersion[]> {
    return (await readProven<Current>(join(this.folder(tenant, name), 'current.json')))?.versions ?? [];
  }

  /** Lists of a tenant. A damaged one is reported and hides no other. */
  async load(tenant: string, problems: StoreProblem[]): Promise<StoredList[]> {
    const lists: StoredList[] = [];
    const root = join(this.directory, 'tenants', tenant, 'lists');
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
        const list = await loadList(folder, name);
        if (list !== undefined) lists.push(list);
      } catch (error) {
        problems.push({ path, message: (error as Error).message });
      }
    }
    return lists;
  }

  /** Forgets a list. Durable when it resolves. */
  async remove(tenant: string, name: string): Promise<void> {
    const folder = this.folder(tenant, name);
    await writeDurably(join(folder, 'current.json'), proven({ name, versions: [] } satisfies Current));
    await removeRegions(folder, new Set());
    await rm(folder, { recursive: true, force: true });
  }

  private folder(tenant: string, name: string): string {
    if (!LIST_NAME_PATTERN.test(name)) throw new Error(`not a name of a list: ${name}`);
    return join(this.directory, 'tenants', tenant, 'lists', folderOf(name));
  }
}

async function removeRegions(folder: string, kept: ReadonlySet<string>): Promise<void> {
  for (const file of await readdir(folder)) {
    if (REGION.test(file) && !kept.has(file)) await rm(join(folder, file), { force: true });
  }
}

async function loadList(folder: string, name: string): Promise<StoredList | undefined> {
  const current = await readProven<Current>(join(folder, 'current.json'));
  const last = current?.versions.at(-1);
  if (current === undefined || last === undefined) {
    // With more than one region there has been a commit, and current.json is lost. One without versions was removed.
    if (current === undefined && (await readdir(folder)).filter((file) => REGION.test(file)).length > 1)
      throw new Error('current.json is missing');
    return undefined;
  }
  if (current.name !== name) throw new Error(`it holds another list: ${current.name}`);
  return { name, ...last, path: join(folder, `${last.version}.list`) };
}

/** The folder of a list or a set of parameters: its name with every capital X written `-x`. */
export function folderOf(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

/** The name that has a folder, or undefined. */
export function nameOf(folder: string): string | undefined {
  const name = folder.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return LIST_NAME_PATTERN.test(name) && folderOf(name) === folder ? name : undefined;
}
