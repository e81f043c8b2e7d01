// verdict fmt: writes the files of a bundle in their one form.

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { formatBundle } from '../../format/format-bundle.js';
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

async function format([path = '']: string[], { check }: FmtOptions, output: Output): Promise<number> {
  const { files, dir } = await readBundlePath(path);
  if (dir === undefined) throw new UsageError('fmt needs a bundle directory');
  const { changed, unreadable } = formatBundle(files);
  if (!check) for (const [file, bytes] of changed) replaceFile(join(dir, file), bytes);
  const result: FmtJson = { ok: true, changed: [...changed.keys()], unreadable: [...unreadable] };
  result.ok = result.unreadable.length === 0 && !(check && result.changed.length > 0);
  for (const file of result.changed) output.line(check ? `would change ${file}` : `formatted ${file}`);
  for (const file of result.unreadable) output.line(output.paint(`cannot read ${file}; \`verdict check\` says why`, 'red'));
  if (result.changed.length === 0 && result.ok) output.line(`${plural(files.size, 'file')}: nothing to change`);
  output.result(result);
  return result.ok ? EXIT_OK : EXIT_NO;
}

/** Beside, then in place: whoever stops in between has the old file or the new one. */
function replaceFile(target: string, bytes: Uint8Array): void {
  writeFileSync(`${target}.formatting`, bytes);
  renameSync(`${target}.formatting`, target);
}
