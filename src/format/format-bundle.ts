// Formats the files of a bundle.

import type { BundleFiles } from '../bundle/files.js';
import { BundleSession } from '../editor/session.js';
import { formatFile } from './format-file.js';

export interface FormattedBundle {
  /** Files that are not as they should be, and what they should be. */
  readonly changed: ReadonlyMap<string, Uint8Array>;
  /** Files that are no YAML, JSON or CSV. */
  readonly unreadable: readonly string[];
}

const MARK = '\ufeff';

/** Formats every file of a bundle that has one form, in the order of their names. */
export function formatBundle(files: BundleFiles): FormattedBundle {
  const session = new BundleSession();
  for (const [file, bytes] of files) session.setBytes(file, bytes);
  session.check(); // bundle.yaml says which file is the model
  const changed = new Map<string, Uint8Array>();
  const unreadable: string[] = [];
  for (const file of [...session.paths].sort()) {
    const kind = session.kind(file);
    if (kind === undefined) continue;
    const text = session.text(file);
    const formatted = formatFile(file, kind, text, kind === 'csv' ? session.headOf(file) : session.shape(file));
    if (formatted === undefined) unreadable.push(file);
    else if (formatted !== text) {
      // Programs that read tables may need the mark; whoever wrote it meant it.
      const hasMark = new TextDecoder('utf-8', { ignoreBOM: true }).decode(files.get(file)).startsWith(MARK);
      changed.set(file, new TextEncoder().encode((hasMark ? MARK : '') + formatted));
    }
  }
  return { changed, unreadable };
}
