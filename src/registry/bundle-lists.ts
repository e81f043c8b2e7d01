// The lists of a bundle while it is published: which are its own, which get their first entries from it, and whether all are there.

import type { BundleFiles } from '../bundle/files.js';
import { type ListFormat, listFormatOf } from '../bundle/list-content.js';
import { Problem } from '../errors.js';
import type { Lists, PendingList } from './lists.js';
import { checkFit, type LiveImage } from './live-image.js';
import type { OwnVersions } from './store.js';

export class BundleLists {
  /** `content: bundle`: part of the bundle's version. */
  readonly own = new Map<string, PendingList>();
  /** First versions of lists that the tenant does not have. */
  readonly first = new Map<string, PendingList>();

  /** Builds what the bundle brings and the tenant needs. The compiler has checked the entries. Throws Problem INVALID_LIST. */
  async build(lists: Lists, live: LiveImage, files: BundleFiles, durable: boolean): Promise<void> {
    for (const { name, type, content } of live.head.lists) {
      if (content === undefined && live.tenant.lists.has(name)) continue;
      const path = ['txt', 'csv'].map((extension) => `lists/${name}.${extension}`).find((candidate) => files.has(candidate));
      if (path === undefined) continue;
      const format: ListFormat = listFormatOf(path);
      const pending = await lists.build({ format, chunks: [files.get(path) as Uint8Array] }, type, durable);
      (content === 'bundle' ? this.own : this.first).set(name, pending);
    }
  }

  /** Whether the bundle's own lists have these versions. */
  areOwn(versions: OwnVersions): boolean {
    const names = Object.keys(versions);
    return names.length === this.own.size && names.every((name) => this.own.get(name)?.header.version === versions[name]);
  }

  /** Throws Problem LIST_MISSING, LIST_MISMATCH. */
  check(live: LiveImage): void {
    for (const declared of live.head.lists) {
      const { name } = declared;
      const pending = this.own.get(name) ?? this.first.get(name);
      const current = declared.content === undefined ? live.tenant.lists.get(name)?.region.list : undefined;
      const list = pending === undefined ? current : { type: pending.type, count: pending.header.count };
      if (list === undefined) {
        throw new Problem('LIST_MISSING', `${declared.file} declares the list ${name}, and tenant ${live.tenant.name} has none`);
      }
      checkFit(live.name, declared, list);
    }
  }

  /** Places everything for a moment. Throws Problem OUT_OF_MEMORY where there is no room. */
  async tryPlaces(lists: Lists, live: LiveImage): Promise<void> {
    const placed = [];
    try {
      for (const pending of [...this.own.values(), ...this.first.values()]) {
        placed.push(await lists.place(live.tenant, lists.versionOf(pending), pending.source));
      }
    } finally {
      for (const region of placed) region.release();
    }
  }

  /** Removes what was built and not kept. */
  async discard(lists: Lists): Promise<void> {
    for (const pending of [...this.own.values(), ...this.first.values()]) await lists.discard(pending);
  }
}
