// The data directory: every published image, durable before a publish is answered.
//
//   owner-ID.sock                                          one process at a time, see owner.ts
//   tenants/{tenant}/bundles/{bundle}/
//     {version}-{hash}.image                               never changed once it is there
//     {version}-{hash}.code                                code generated for it, see code-file.ts; made anew where it is damaged
//     lock.json                                            field ids and enum numbers given so far; only ever grows
//     live.json                                            which image decides, and every version ever published
//     {version of the list}.list                           lists of the bundle's own (`content: bundle`)
//   tenants/{tenant}/lists/, uploads/                      lists of the tenant, see list-store.ts
//   tenants/{tenant}/parameters/                           parameters of the tenant, see parameter-store.ts
//
// A publish writes lock.json, then own lists and the image, then live.json: each into a temporary file, fsync, rename, fsync of the
// directory.
// The rename of live.json is the commit. What a crash may leave, and what the next start or publish makes of it:
//
//   A  before the lock's rename     a temporary file                               removed at start
//   B  after it                     ids given that no live image uses              kept: the same bundle gets the same ids again
//   C  after the image's rename     an image that live.json does not name          ignored; overwritten by the same version again
//   D  after live.json's rename     all of it                                      live
//
// Nothing is believed that does not prove itself: the JSON files carry a hash of their content, an image its checksums.

import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { MEMBERS_HEADER_BYTES } from '../../assembly/shared/list.js';
import { NAME_PATTERN, VERSION_PATTERN } from '../config.js';
import { type ImageFile, readImageFile } from '../image/file.js';
import { type ListHeader, readListHeader } from '../image/list.js';
import type { ModelLock } from '../schema/model.js';
import {
  makeFolder,
  notThere,
  proven,
  readHead,
  readProven,
  removeTemporaries,
  type StoreProblem,
  syncDirectory,
  writeDurably,
} from './files.js';
import { ListStore, type StoredList } from './list-store.js';
import { Owner } from './owner.js';
import { ParameterStore, type StoredParameters } from './parameter-store.js';

export type { StoreProblem };

/** What is live for one bundle. */
export interface StoredImage {
  tenant: string;
  bundle: string;
  /** Path below the data directory. */
  path: string;
  image: ImageFile;
  /** Hashes of the models of all versions ever committed, its own included. */
  models: readonly string[];
  /** Lists of its own: absolute paths of their regions. */
  lists: { name: string; header: ListHeader; path: string }[];
}

/** What a data directory holds that is live. */
export interface Stored {
  images: StoredImage[];
  lists: (StoredList & { tenant: string })[];
  parameters: (StoredParameters & { tenant: string })[];
  problems: StoreProblem[];
}

/** A list of a bundle's own that is published with it. */
export interface OwnList {
  name: string;
  version: string;
  /** Where the region lies, synced. */
  aside: string;
}

/** What is live for one tenant. */
export interface StoredTenant {
  lists: StoredList[];
  parameters: StoredParameters[];
  bundles: { bundle: string; version: string; hash: string }[];
}

/** Versions of the lists of one version's own, by name. */
export type OwnVersions = Record<string, string>;

/** Content of live.json. */
interface Live {
  version: string;
  /** Every version ever committed, with its image's hash. */
  versions: Record<string, string>;
  /** Of those that have lists of their own. */
  lists?: Record<string, OwnVersions>;
  /** Hashes of their models, each once, in the order of their first commit. Absent in files of the time before it was kept. */
  models?: string[];
}

const IMAGE_NAME = /^(.+)-([0-9a-f]{16})\.image$/;

export class Store {
  private constructor(
    /** Absolute path of the data directory. */
    readonly directory: string,
    /** Undefined where another process owns the directory and this one only reads what it has written. */
    private readonly owner: Owner | undefined,
    /** Lists of the tenants. */
    readonly lists: ListStore,
    /** Parameters of the tenants. */
    readonly parameters: ParameterStore,
  ) {}

  /** Makes the directory where it is missing, and claims it. Throws Error where another process owns it. */
  static async open(dataDir: string): Promise<Store> {
    const directory = resolve(dataDir);
    await mkdir(join(directory, 'tenants'), { recursive: true });
    const owner = await Owner.claim(directory, { rename, remove: (path) => rm(path, { force: true }), list: readdir });
    try {
      const lists = new ListStore(directory);
      await lists.open();
      await syncDirectory(directory);
      return new Store(directory, owner, lists, new ParameterStore(directory));
    } catch (error) {
      await owner.release();
      throw error;
    }
  }

  /** What another process owns, to be read: nothing is removed or written but what is spooled. */
  static follow(dataDir: string): Store {
    const directory = resolve(dataDir);
    return new Store(directory, undefined, new ListStore(directory, false), new ParameterStore(directory, false));
  }

  /** Names of the tenants, sorted. */
  tenantNames(problems: StoreProblem[]): Promise<string[]> {
    return this.names(join(this.directory, 'tenants'), problems);
  }

  /** What is live for a tenant, without the images themselves: what is damaged is reported, and hides nothing else. */
  async readTenant(tenant: string, problems: StoreProblem[]): Promise<StoredTenant> {
    const lists = await this.lists.load(tenant, problems);
    const parameters = await this.parameters.load(tenant, problems);
    const bundles: StoredTenant['bundles'] = [];
    for (const bundle of await this.names(join(this.directory, 'tenants', tenant, 'bundles'), problems)) {
      const folder = this.folder(tenant, bundle);
      try {
        const live = await readProven<Live>(join(folder, 'live.json'));
        if (live !== undefined) bundles.push({ bundle, version: live.version, hash: live.versions[live.version] ?? '?' });
      } catch (error) {
        problems.push({ path: relative(this.directory, folder), message: (error as Error).message });
      }
    }
    return { lists, parameters, bundles };
  }

  /** The live image of a bundle; undefined before the first publish. Throws Error where it is damaged. */
  readBundle(tenant: string, bundle: string): Promise<StoredImage | undefined> {
    return this.loadBundle(tenant, bundle);
  }

  /**
   * Reads everything that is live. A damaged bundle is reported in `problems` and hides no other. Removes what interrupted
   * publishes left behind. Throws only where the directory itself cannot be read.
   */
  async load(): Promise<Stored> {
    const parameters: Stored['parameters'] = [];
    const images: StoredImage[] = [];
    const lists: (StoredList & { tenant: string })[] = [];
    const problems: StoreProblem[] = [];
    for (const tenant of await this.tenantNames(problems)) {
      for (const list of await this.lists.load(tenant, problems)) lists.push({ ...list, tenant });
      for (const set of await this.parameters.load(tenant, problems)) parameters.push({ ...set, tenant });
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
    return { images, lists, parameters, problems };
  }

  /** Ids given so far, or undefined before the first publish. Throws Error where the file is damaged: ids must not be guessed. */
  async readLock(tenant: string, bundle: string): Promise<ModelLock | undefined> {
    return readProven<ModelLock>(join(this.folder(tenant, bundle), 'lock.json'));
  }

  /** Hash of the image published under a version, or undefined. */
  async hashOfVersion(tenant: string, bundle: string, version: string): Promise<string | undefined> {
    const { versions } = await this.committed(tenant, bundle);
    return Object.hasOwn(versions, version) ? versions[version] : undefined;
  }

  /** Hashes of the models of all versions ever committed. */
  async modelsOf(tenant: string, bundle: string): Promise<readonly string[]> {
    return (await this.committed(tenant, bundle)).models ?? [];
  }

  /** Versions of the own lists that were published with a version, by name. */
  async listsOfVersion(tenant: string, bundle: string, version: string): Promise<OwnVersions> {
    const { lists = {} } = await this.committed(tenant, bundle);
    return Object.hasOwn(lists, version) ? (lists[version] as OwnVersions) : {};
  }

  /**
   * Makes an image the live one. Durable when it resolves; where it throws (a full disk, say), the bundle decides as before,
   * now and after a restart, unless only the very last fsync failed.
   */
  async publish(
    tenant: string,
    bundle: string,
    version: string,
    hash: string,
    file: Uint8Array,
    lock: ModelLock,
    own: readonly OwnList[] = [],
    models: readonly string[] = [],
  ): Promise<void> {
    if (!NAME_PATTERN.test(tenant) || !NAME_PATTERN.test(bundle)) throw new Error(`not a name: ${tenant}, ${bundle}`);
    if (!VERSION_PATTERN.test(version)) throw new Error(`not a version: ${version}`);
    const folder = this.folder(tenant, bundle);
    await makeFolder(folder, this.directory);
    const before = await this.committed(tenant, bundle);
    await writeDurably(join(folder, 'lock.json'), proven(lock));
    for (const list of own) await rename(list.aside, join(folder, `${list.version}.list`));
    await writeDurably(join(folder, imageName(version, hash)), file); // syncs the folder, for the lists too
    const live: Live = { version, versions: { ...before.versions, [version]: hash } };
    if (models.length > 0) live.models = [...models];
    const ownVersions = Object.fromEntries(own.map((list) => [list.name, list.version]));
    if (before.lists !== undefined || own.length > 0) live.lists = { ...before.lists, [version]: ownVersions };
    await writeDurably(join(folder, 'live.json'), proven(live));
  }

  /** The file of an image's generated code; undefined where it cannot be read: it is made anew. */
  async readCode(tenant: string, bundle: string, version: string, hash: string): Promise<Uint8Array | undefined> {
    const path = join(this.folder(tenant, bundle), codeName(version, hash));
    return readFile(path).catch(() => undefined);
  }

  /** Stores the file of an image's generated code. */
  async writeCode(tenant: string, bundle: string, version: string, hash: string, file: Uint8Array): Promise<void> {
    await writeDurably(join(this.folder(tenant, bundle), codeName(version, hash)), file);
  }

  /** Gives the directory back. */
  async close(): Promise<void> {
    await this.owner?.release();
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
    const image = readImageFile(file);
    const { hash } = image.header;
    if (hash !== live.versions[live.version]) throw new Error(`${path} holds another image: ${hash}`);
    if (image.head.name !== bundle) throw new Error(`${path} holds another bundle: ${image.head.name}`);
    const lists: StoredImage['lists'] = [];
    for (const [name, list] of Object.entries(live.lists?.[live.version] ?? {})) {
      const region = join(folder, `${list}.list`);
      lists.push({
        name,
        header: { ...readListHeader(await readHead(region, MEMBERS_HEADER_BYTES)), version: list },
        path: region,
      });
    }
    return { tenant, bundle, path: relative(this.directory, path), image, models: live.models ?? [], lists };
  }

  /** Committed versions; where live.json is damaged or lost, those whose images are there. */
  private async committed(tenant: string, bundle: string): Promise<Pick<Live, 'versions' | 'lists' | 'models'>> {
    const folder = this.folder(tenant, bundle);
    let damaged = false;
    const live = await readProven<Live>(join(folder, 'live.json')).catch(() => {
      damaged = true;
      return undefined;
    });
    if (live !== undefined) return live;
    const images = await imagesIn(folder);
    return { versions: damaged || images.length > 1 ? Object.fromEntries(images.map(({ version, hash }) => [version, hash])) : {} };
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
}

function imageName(version: string, hash: string): string {
  return `${version}-${hash}.image`;
}

function codeName(version: string, hash: string): string {
  return `${version}-${hash}.code`;
}

async function imagesIn(folder: string): Promise<{ version: string; hash: string }[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.flatMap((name) => {
    const match = IMAGE_NAME.exec(name);
    return match === null ? [] : [{ version: match[1] as string, hash: match[2] as string }];
  });
}
