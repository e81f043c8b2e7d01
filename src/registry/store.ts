// The data directory: every published image, durable before a publish is answered.
//
//   owner.sock                                             one process at a time, see owner.ts
//   tenants/{tenant}/bundles/{bundle}/
//     {version}-{hash}.image                               never changed once it is there
//     lock.json                                            field ids and enum numbers given so far; only ever grows
//     live.json                                            which image decides, and every version ever published
//
// A publish writes lock.json, then the image, then live.json: each into a temporary file, fsync, rename, fsync of the directory.
// The rename of live.json is the commit. What a crash may leave, and what the next start or publish makes of it:
//
//   A  before the lock's rename     a temporary file                               removed at start
//   B  after it                     ids given that no live image uses              kept: the same bundle gets the same ids again
//   C  after the image's rename     an image that live.json does not name          ignored; overwritten by the same version again
//   D  after live.json's rename     all of it                                      live
//
// Nothing is believed that does not prove itself: the JSON files carry a hash of their content, an image its checksums.

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { NAME_PATTERN, VERSION_PATTERN } from '../config.js';
import { readImageFile } from '../image/file.js';
import type { ModelLock } from '../schema/model.js';
import { Owner } from './owner.js';

/** A file of the data directory that could not be used. */
export interface StoreProblem {
  /** Path below the data directory. */
  path: string;
  message: string;
}

/** What is live for one bundle. */
export interface StoredImage {
  tenant: string;
  bundle: string;
  /** Path below the data directory. */
  path: string;
  /** The image file. */
  file: Uint8Array;
}

/** Content of live.json. */
interface Live {
  version: string;
  /** Every version ever committed, with its image's hash. */
  versions: Record<string, string>;
}

const TEMPORARY = /\.tmp$/;
const IMAGE_NAME = /^(.+)-([0-9a-f]{16})\.image$/;

export class Store {
  private constructor(
    /** Absolute path of the data directory. */
    readonly directory: string,
    private readonly owner: Owner,
  ) {}

  /** Makes the directory where it is missing, and claims it. Throws Error where another process owns it. */
  static async open(dataDir: string): Promise<Store> {
    const directory = resolve(dataDir);
    await mkdir(join(directory, 'tenants'), { recursive: true });
    const owner = await Owner.claim(directory, { rename, remove: (path) => rm(path, { force: true }) });
    await syncDirectory(directory);
    return new Store(directory, owner);
  }

  /**
   * Reads everything that is live. A damaged bundle is reported in `problems` and hides no other. Removes what interrupted
   * publishes left behind. Throws only where the directory itself cannot be read.
   */
  async load(): Promise<{ images: StoredImage[]; problems: StoreProblem[] }> {
    const images: StoredImage[] = [];
    const problems: StoreProblem[] = [];
    for (const tenant of await this.names(join(this.directory, 'tenants'), problems)) {
      const bundles = join(this.directory, 'tenants', tenant, 'bundles');
      for (const bundle of await this.names(bundles, problems)) {
        const folder = this.folder(tenant, bundle);
        try {
          await removeTemporaries(folder);
          const image = await this.loadBundle(tenant, bundle);
          if (image !== undefined) images.push(image);
        } catch (error) {
          problems.push({ path: relative(this.directory, folder), message: (error as Error).message });
        }
      }
    }
    return { images, problems };
  }

  /** Ids given so far, or undefined before the first publish. Throws Error where the file is damaged: ids must not be guessed. */
  async readLock(tenant: string, bundle: string): Promise<ModelLock | undefined> {
    return readProven<ModelLock>(join(this.folder(tenant, bundle), 'lock.json'));
  }

  /** Hash of the image published under a version, or undefined. */
  async hashOfVersion(tenant: string, bundle: string, version: string): Promise<string | undefined> {
    const versions = await this.versions(tenant, bundle);
    return Object.hasOwn(versions, version) ? versions[version] : undefined;
  }

  /**
   * Makes an image the live one. Durable when it resolves; where it throws (a full disk, say), the bundle decides as before,
   * now and after a restart, unless only the very last fsync failed.
   */
  async publish(tenant: string, bundle: string, version: string, hash: string, file: Uint8Array, lock: ModelLock): Promise<void> {
    if (!NAME_PATTERN.test(tenant) || !NAME_PATTERN.test(bundle)) throw new Error(`not a name: ${tenant}, ${bundle}`);
    if (!VERSION_PATTERN.test(version)) throw new Error(`not a version: ${version}`);
    const folder = this.folder(tenant, bundle);
    await this.makeFolder(folder);
    const versions = await this.versions(tenant, bundle);
    await writeDurably(join(folder, 'lock.json'), proven(lock));
    await writeDurably(join(folder, imageName(version, hash)), file);
    const live: Live = { version, versions: { ...versions, [version]: hash } };
    await writeDurably(join(folder, 'live.json'), proven(live));
  }

  /** Gives the directory back. */
  async close(): Promise<void> {
    await this.owner.release();
  }

  private folder(tenant: string, bundle: string): string {
    return join(this.directory, 'tenants', tenant, 'bundles', bundle);
  }

  private async loadBundle(tenant: string, bundle: string): Promise<StoredImage | undefined> {
    const folder = this.folder(tenant, bundle);
    const live = await readProven<Live>(join(folder, 'live.json'));
    if (live === undefined) {
      // Cases A to C of a first publish; with more than one image on disk there has been a commit, and live.json is lost.
      if ((await imagesIn(folder)).length > 1) throw new Error('live.json is missing');
      return undefined;
    }
    const path = join(folder, imageName(live.version, live.versions[live.version] ?? '?'));
    const file = new Uint8Array(await readFile(path));
    const { manifest, header } = readImageFile(file);
    if (header.hash !== live.versions[live.version]) throw new Error(`${path} holds another image: ${header.hash}`);
    if (manifest.name !== bundle) throw new Error(`${path} holds another bundle: ${manifest.name}`);
    return { tenant, bundle, path: relative(this.directory, path), file };
  }

  /** Committed versions; where live.json is damaged or lost, those whose images are there. */
  private async versions(tenant: string, bundle: string): Promise<Record<string, string>> {
    const folder = this.folder(tenant, bundle);
    let damaged = false;
    const live = await readProven<Live>(join(folder, 'live.json')).catch(() => {
      damaged = true;
      return undefined;
    });
    if (live !== undefined) return live.versions;
    const images = await imagesIn(folder);
    return damaged || images.length > 1 ? Object.fromEntries(images.map(({ version, hash }) => [version, hash])) : {};
  }

  /** Names of folders that may be a tenant's or bundle's; anything else there is reported. */
  private async names(folder: string, problems: StoreProblem[]): Promise<string[]> {
    const names: string[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(notThere)) {
      if (entry.isDirectory() && NAME_PATTERN.test(entry.name)) names.push(entry.name);
      else problems.push({ path: relative(this.directory, join(folder, entry.name)), message: 'does not belong here' });
    }
    return names.sort();
  }

  /** Makes a folder and those above it, each known to its parent before anything is written into it. */
  private async makeFolder(folder: string): Promise<void> {
    if (folder === this.directory) return;
    await this.makeFolder(dirname(folder));
    const made = await mkdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (made) await syncDirectory(dirname(folder));
  }
}

function imageName(version: string, hash: string): string {
  return `${version}-${hash}.image`;
}

async function imagesIn(folder: string): Promise<{ version: string; hash: string }[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.flatMap((name) => {
    const match = IMAGE_NAME.exec(name);
    return match === null ? [] : [{ version: match[1] as string, hash: match[2] as string }];
  });
}

async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (TEMPORARY.test(name)) await rm(join(folder, name), { force: true });
}

/** Temporary file, fsync, rename, fsync of the directory: afterwards the file is there, whole; if it throws, the old one is. */
async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return; // directories cannot be opened there; a rename is durable with its journal
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** JSON of a value with a hash that proves it whole. */
function proven(content: unknown): string {
  const text = JSON.stringify(content);
  return `{"format":1,"sha256":"${sha256(text)}","content":${text}}\n`;
}

/** The value in a file that `proven` wrote, or undefined where there is no such file. Throws Error where it is damaged. */
async function readProven<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  let parsed: { format?: unknown; sha256?: unknown; content?: unknown } | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    throw new Error(`${path} is damaged: not JSON`);
  }
  if (parsed?.format !== 1) throw new Error(`${path} is of an unknown format`);
  if (parsed.sha256 !== sha256(JSON.stringify(parsed.content))) throw new Error(`${path} is damaged: its hash does not match`);
  return parsed.content as T;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function notThere(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
