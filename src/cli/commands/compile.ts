// verdict compile: a bundle becomes one image file.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { readImageFile } from '../../image/file.js';
import { compilePath, LOCK_FILE, lockState, lockText, printDiagnostics, writeLock } from '../bundle-dir.js';
import { defineCommand } from '../command.js';
import { EXIT_NO, EXIT_OK } from '../errors.js';
import { number, type Output, plural } from '../output.js';

interface CompileOptions {
  output?: string;
  writeLock: boolean;
}

/** Output of `verdict compile --json`; `check`'s diagnostics where it does not compile. */
export interface CompileJson {
  ok: true;
  name: string;
  version: string;
  /** The written file, and its bytes. */
  file: string;
  bytes: number;
  /** First 8 bytes of the image's sha256, in hex: what decisions name. */
  image: string;
  costMax: number;
  lockWritten: boolean;
}

/** `verdict compile`. */
export function compileCommand(): Command {
  const options = [
    new Option('-o, --output <file>', 'image file to write (default: <name>-<version>.image)'),
    new Option('--no-write-lock', `leave ${LOCK_FILE} as it is`),
  ];
  return defineCommand('compile', '<bundle>', 'compile a bundle to an image file', options, compileBundle);
}

async function compileBundle([path]: string[], options: CompileOptions, output: Output): Promise<number> {
  const compiled = await compilePath(path as string, output);
  if (compiled === undefined) return EXIT_NO;
  const { image, manifest, result } = compiled;
  printDiagnostics(result.diagnostics, compiled.files, output);
  const lockWritten =
    options.writeLock &&
    compiled.dir !== undefined &&
    result.lock !== undefined &&
    lockState(compiled.files, result.lock) !== 'current';
  if (lockWritten && result.lock !== undefined) writeLock(compiled, lockText(result.lock));
  const file = options.output ?? `${manifest.name}-${manifest.version}.image`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, image);
  const hash = readImageFile(image).header.hash;
  const { name, version, costMax } = manifest;
  output.line(
    `${file}: ${name} ${version}, image ${hash}, ${number(image.length)} bytes, ${plural(manifest.rules.length, 'rule')}`,
  );
  if (lockWritten) output.line(`${LOCK_FILE}: written; keep it in version control`);
  const json: CompileJson = { ok: true, name, version, file, bytes: image.length, image: hash, costMax, lockWritten };
  output.result(json);
  return EXIT_OK;
}
