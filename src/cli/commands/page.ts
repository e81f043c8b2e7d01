// verdict page: a bundle as one HTML page to read and print.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, Option } from 'commander';
import { readBundle } from '../../bundle/read-bundle.js';
import { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import { readImageFile } from '../../image/file.js';
import { renderPage } from '../../page/page.js';
import type { PageVersion } from '../../page/source.js';
import { runTests, type TestRun } from '../../testing/run-tests.js';
import { type Compiled, compilePath, openRuleSet } from '../bundle-dir.js';
import { defineCommand } from '../command.js';
import { EXIT_NO, EXIT_OK } from '../errors.js';
import { type GivenList, listFileOption } from '../list-files.js';
import { number, type Output, plural } from '../output.js';
import { type GivenParameters, parameterOption } from '../parameter-options.js';

interface PageOptions {
  output?: string;
  against?: string;
  date?: string;
  tests: boolean;
  list: readonly GivenList[];
  parameter: GivenParameters;
}

/** Output of `verdict page --json`; `check`'s diagnostics where the bundle does not compile. */
export interface PageJson {
  ok: true;
  name: string;
  version: string;
  /** 16 hex digits. */
  image: string;
  /** The written file, and its bytes. */
  file: string;
  bytes: number;
  /** Absent with --no-tests. */
  tests?: { passed: number; failed: number };
}

/** `verdict page`. */
export function pageCommand(): Command {
  const options = [
    new Option('-o, --output <file>', 'HTML file to write (default: <name>-<version>.html)'),
    new Option('--against <bundle>', 'another version, whose differences are shown'),
    new Option('--date <text>', 'date on the page (default: today)'),
    new Option('--no-tests', "leave out the bundle's tests and what they cover"),
    listFileOption(),
    parameterOption(),
  ];
  return defineCommand('page', '<bundle>', 'write a bundle as one HTML page to read and print', options, writePage);
}

async function writePage([path]: string[], options: PageOptions, output: Output): Promise<number> {
  const compiled = await compilePath(path as string, output);
  if (compiled === undefined) return EXIT_NO;
  const other = options.against === undefined ? undefined : await compilePath(options.against, output);
  if (options.against !== undefined && other === undefined) return EXIT_NO;
  const version = versionOf(compiled);
  const run = options.tests ? await testsOf(path as string, version, options, output) : undefined;
  const { name, version: release } = compiled.manifest;
  const page = renderPage({
    ...version,
    date: options.date ?? new Date().toISOString().slice(0, 10),
    diagnostics: compiled.result.diagnostics,
    notProven: compiled.result.notProven,
    costs: compiled.result.costs ?? [],
    ...(run === undefined ? {} : { run }),
    ...(other === undefined ? {} : { against: versionOf(other) }),
  });
  const file = options.output ?? `${name}-${release}.html`;
  const bytes = Buffer.from(page);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  output.line(`${file}: ${name} ${release}, image ${version.image}, ${number(bytes.length)} bytes`);
  const failed = run?.tests.filter(({ result }) => !result.passed).length ?? 0;
  if (failed > 0) output.line(output.paint(`${plural(failed, 'test')} failed: the page says so`, 'yellow'));
  const tests = run === undefined ? {} : { tests: { passed: run.tests.length - failed, failed } };
  output.result({ ok: true, name, version: release, image: version.image, file, bytes: bytes.length, ...tests } satisfies PageJson);
  return EXIT_OK;
}

function versionOf({ files, image, manifest }: Compiled): PageVersion {
  const bundle = readBundle(files, new DiagnosticBag());
  if (bundle === undefined) throw new Error('a bundle that has compiled cannot be read again');
  return { bundle, manifest, image: readImageFile(image).header.hash };
}

async function testsOf(path: string, { bundle }: PageVersion, options: PageOptions, output: Output): Promise<TestRun | undefined> {
  const opened = await openRuleSet(path, output, options.list, options.parameter);
  if (opened === undefined) return undefined;
  try {
    return runTests(bundle.tests, opened.ruleSet, options.parameter);
  } finally {
    await opened.close();
  }
}
