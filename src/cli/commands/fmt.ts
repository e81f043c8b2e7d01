// verdict fmt: writes the files of a bundle in their one form.

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { BundleSession } from '../../editor/session.js';
import { formatFile } from '../../format/format-file.js';
import { readBundlePath } from '../bundle-dir.js';
import { defineCommand } from '../command.js';
import { EXIT_NO, EXIT_OK, UsageError } from '../errors.js';
import { type Output, plural } from '../output.js';

interface FmtOptions {
  check: boolean;
}

/** Output of `verdict fmt --json`. */
export interface FmtJson {
  /** Every file could be read, and with --check is as it should be. */
  ok: boolean;
  /** Files that were written, or with --check would be. */
  changed: string[];
  /** Files that are no YAML, JSON or CSV: `verdict check` says why. */
  unreadable: string[];
}

/** `verdict fmt`. */
export function fmtCommand(): Command {
  const options = [new Option('--check', 'write nothing; the answer is no where a file would change').default(false)];
  return defineCommand('fmt', '<bundle>', 'format the documents, expressions and tables of a bundle', options, format);
}

const MARK = '\ufeff';

async function format([path = '']: string[], { check }: FmtOptions, output: Output): Promise<number> {
  const { files, dir } = await readBundlePath(path);
  if (dir === undefined) throw new UsageError('fmt needs a bundle directory');
  const session = new BundleSession();
  for (const [file, bytes] of files) session.setBytes(file, bytes);
  session.check(); // bundle.yaml says which file is the model
  const result: FmtJson = { ok: true, changed: [], unreadable: [] };
  for (const file of [...session.paths].sort()) {
    const kind = session.kind(file);
    if (kind === undefined) continue;
    const text = session.text(file);
    const formatted = formatFile(file, kind, text, kind === 'csv' ? session.headOf(file) : session.shape(file));
    if (formatted === undefined) result.unreadable.push(file);
    else if (formatted !== text) {
      result.changed.push(file);
      // Programs that read tables may need the mark; whoever wrote it meant it.
      const hasMark = new TextDecoder('utf-8', { ignoreBOM: true }).decode(files.get(file)).startsWith(MARK);
      if (!check) replaceFile(join(dir, file), (hasMark ? MARK : '') + formatted);
    }
  }
  result.ok = result.unreadable.length === 0 && !(check && result.changed.length > 0);
  for (const file of result.changed) output.line(check ? `would change ${file}` : `formatted ${file}`);
  for (const file of result.unreadable) output.line(output.paint(`cannot read ${file}; \`verdict check\` says why`, 'red'));
  if (result.changed.length === 0 && result.ok) output.line(`${plural(session.paths.length, 'file')}: nothing to change`);
  output.result(result);
  return result.ok ? EXIT_OK : EXIT_NO;
}

/** Beside, then in place: whoever stops in between has the old file or the new one. */
function replaceFile(target: string, text: string): void {
  writeFileSync(`${target}.formatting`, text);
  renameSync(`${target}.formatting`, target);
}
