// verdict init: writes a bundle to start from, that passes `verdict check` and `verdict test`.

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { compile } from '../../compiler/compile.js';
import { NAME_PATTERN } from '../../config.js';
import { LOCK_FILE, lockText } from '../bundle-dir.js';
import { defineCommand } from '../command.js';
import { EXIT_OK, Refusal, UsageError } from '../errors.js';
import type { Output } from '../output.js';
import { TEMPLATE } from '../template.js';

interface InitOptions {
  name?: string;
}

/** Output of `verdict init --json`. */
export interface InitJson {
  ok: boolean;
  dir: string;
  name: string;
  /** Paths in the directory. */
  files: string[];
}

/** `verdict init`. */
export function initCommand(): Command {
  const options = [new Option('--name <name>', 'name of the bundle (default: that of the directory)')];
  return defineCommand('init', '[dir]', 'write a bundle to start from', options, init);
}

function init([dir = '.']: string[], options: InitOptions, output: Output): number {
  const name = options.name ?? nameFrom(dir);
  if (!NAME_PATTERN.test(name))
    throw new UsageError(`--name: ${name} is not a name`, 'names are lower-case letters, digits and -, 64 at most');
  const files = new Map(Object.entries(TEMPLATE).map(([path, text]) => [path, text.replaceAll('{{name}}', name)]));
  const bytes = new Map(
    [...files].filter(([path]) => !path.endsWith('.csv')).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
  const { lock } = compile(bytes);
  if (lock === undefined) throw new Error('the template does not compile');
  files.set(LOCK_FILE, lockText(lock));

  const taken = [...files.keys()].filter((path) => existsSync(join(dir, path)));
  if (taken.length > 0) {
    const message = `${dir} holds ${taken.join(', ')} already; nothing was written`;
    throw new Refusal('EXISTS', message, 'name another directory: verdict init <dir>');
  }
  const existed = existsSync(dir) && readdirSync(dir).length > 0;
  for (const [path, text] of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text, { flag: 'wx' });
  }
  output.line(
    `${output.paint(name, 'bold')}: wrote ${files.size} files ${existed ? 'beside what was there ' : ''}in ${resolve(dir)}`,
  );
  for (const path of files.keys()) output.line(`  ${path}`);
  output.line();
  const shown = (path: string): string => (/^[\w./-]+$/.test(path) ? path : JSON.stringify(path));
  output.line('next:');
  output.line(`  verdict check ${shown(dir)}`);
  output.line(`  verdict test ${shown(dir)}`);
  output.line(`  verdict eval ${shown(dir)} --input ${shown(join(dir, 'sample.csv'))} --label fraud`);
  output.result({ ok: true, dir: resolve(dir), name, files: [...files.keys()] } satisfies InitJson);
  return EXIT_OK;
}

/** The directory's name as a bundle's name may be. */
function nameFrom(dir: string): string {
  const name = basename(resolve(dir))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
  return name === '' ? 'payments' : name;
}
