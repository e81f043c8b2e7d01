// verdict export: a bundle becomes one WebAssembly module that decides anywhere, or a document that others read.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import type { BundleFiles } from '../../bundle/files.js';
import { exportModule } from '../../embed/export-module.js';
import type { CsvSeparator } from '../../export/csv-tables.js';
import type { ManifestHead } from '../../image/manifest.js';
import { buildList } from '../../registry/list-worker.js';
import { bindParameters } from '../../registry/parameters.js';
import { embeddedTemplate } from '../../runtime/embedded.js';
import { defineCommand } from '../command.js';
import { EXIT_NO, EXIT_OK, UsageError } from '../errors.js';
import { type DocumentFormat, exportDocument } from '../export-document.js';
import { type GivenList, listContents, listFileOption } from '../list-files.js';
import { openImage } from '../open-image.js';
import { number, type Output, plural } from '../output.js';
import { type GivenParameters, parameterOption } from '../parameter-options.js';

interface ExportCommandOptions {
  format: 'wasm' | DocumentFormat;
  output?: string;
  separator: CsvSeparator | 'tab';
  scalar: boolean;
  header?: string;
  types?: string;
  list: readonly GivenList[];
  parameter: GivenParameters;
}

/** Output of `verdict export --json`. */
export interface ExportJson {
  ok: true;
  name: string;
  version: string;
  image: string;
  /** The written module, and its bytes. */
  file: string;
  bytes: number;
  scalar: boolean;
  /** Bytes of memory that an instance starts with. */
  memoryBytes: number;
  /** Lists that the caller binds before the first decision. */
  unbound: { index: number; name: string; type: string }[];
  /** Further files that were written. */
  header: string | null;
  types: string | null;
}

/** `verdict export`. */
export function exportCommand(): Command {
  const options = [
    new Option('--format <format>', 'a module, a model of DMN 1.3, or tables as CSV')
      .choices(['wasm', 'dmn', 'csv'])
      .default('wasm'),
    new Option('-o, --output <file>', 'file to write, or directory of CSV (default: <name>-<version>.wasm, <name>.dmn, .)'),
    new Option('--separator <separator>', 'between cells of CSV').choices([',', ';', 'tab']).default(','),
    new Option('--scalar', 'a module without SIMD, for runtimes and translators that have none').default(false),
    new Option('--header <file>', 'write the header for C callers as well'),
    new Option('--types <file>', 'write the TypeScript types of the exports as well'),
    listFileOption(),
    parameterOption(),
  ];
  return defineCommand(
    'export',
    '<bundle>',
    'write a bundle as one WebAssembly module that decides anywhere, or as a document',
    options,
    run,
  );
}

async function run([path]: string[], options: ExportCommandOptions, output: Output): Promise<number> {
  if (options.format !== 'wasm') return exportDocument(path as string, options.format, options, output);
  const opened = await openImage(path as string, output);
  if (opened === undefined) return EXIT_NO;
  const { image, head, files } = opened;
  const parameters = bindParameters(head, options.parameter);
  const lists = await regionsOf(head, files, options.list);
  const exported = exportModule(embeddedTemplate(options.scalar), image, { lists, parameters });
  const file = options.output ?? `${exported.name}-${exported.version}.wasm`;
  write(file, exported.module);
  if (options.header !== undefined) write(options.header, abiFile('verdict.h'));
  if (options.types !== undefined) write(options.types, abiFile('verdict-module.d.ts'));
  const { name, version, unbound, memoryBytes } = exported;
  output.line(
    `${file}: ${name} ${version}, image ${exported.image}, ${number(exported.module.length)} bytes` +
      `${options.scalar ? ' without SIMD' : ''}, ${number(memoryBytes)} bytes of memory, no imports`,
  );
  for (const list of unbound)
    output.line(`the caller binds list ${list.index}, ${list.name} (${list.type}), with verdict_list_bind`);
  if (unbound.length > 0) output.line('or give its entries now with --list NAME=FILE');
  for (const written of [options.header, options.types]) if (written !== undefined) output.line(`${written}: written`);
  output.result({
    ok: true,
    name,
    version,
    image: exported.image,
    file,
    bytes: exported.module.length,
    scalar: options.scalar,
    memoryBytes,
    unbound,
    header: options.header ?? null,
    types: options.types ?? null,
  } satisfies ExportJson);
  return EXIT_OK;
}

/** Regions of the lists whose entries are at hand. */
async function regionsOf(
  head: ManifestHead,
  files: BundleFiles | undefined,
  given: readonly GivenList[],
): Promise<Map<string, Uint8Array>> {
  const regions = new Map<string, Uint8Array>();
  for (const [name, content] of Object.entries(listContents(head, files, given))) {
    const list = head.lists.find((declared) => declared.name === name);
    if (list === undefined || !list.isRead || !('format' in content)) continue;
    const chunks: Uint8Array[] = [];
    // A reader may hand out the same buffer again.
    for await (const chunk of content.chunks) chunks.push(Uint8Array.from(chunk));
    const source = { format: content.format, chunks };
    const { faults, faultCount, region } = buildList({ type: list.type, source, into: undefined });
    if (region === undefined || faultCount > 0) {
      const shown = faults.map(({ line, message, advice }) => `line ${line}: ${message}; ${advice}`);
      throw new UsageError(`the list ${name} has ${plural(faultCount, 'wrong line')}\n${shown.join('\n')}`);
    }
    regions.set(name, region);
  }
  return regions;
}

function abiFile(name: string): Uint8Array {
  return readFileSync(new URL(`../../../../schemas/${name}`, import.meta.url));
}

function write(file: string, bytes: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
