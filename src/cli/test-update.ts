// verdict test --update: what was decided becomes what is expected.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleTest } from '../bundle/tests.js';
import { formatFile } from '../format/format-file.js';
import { diffDecisions } from '../testing/decision-diff.js';
import type { RunTest } from '../testing/run-tests.js';
import { type ExpectUpdate, updateTests } from '../testing/update-tests.js';
import type { BundleSource } from './bundle-dir.js';
import { Refusal } from './errors.js';
import { type Output, plural } from './output.js';

export interface Updated {
  count: number;
  files: string[];
}

/**
 * Writes the decisions of tests that failed into their files, and prints what changes. Tests whose payload or parameters do not fit
 * stay as they are.
 * @param all every test of the bundle, in the order in which their files have them
 * @throws Refusal where a file cannot be changed in that place alone; nothing has been written then
 */
export function updateExpectations(
  { files, dir }: BundleSource,
  all: readonly BundleTest[],
  run: readonly RunTest[],
  output: Output,
): Updated {
  const byFile = new Map<string, ExpectUpdate[]>();
  let count = 0;
  for (const one of run) {
    const { result } = one;
    const own = all.filter(({ file }) => file === result.file);
    const test = own.findIndex(({ line }) => line === result.line);
    const updates = updatesOf(one).map((update) => ({ ...update, test }));
    if (updates.length === 0) continue;
    count++;
    byFile.set(result.file, [...(byFile.get(result.file) ?? []), ...updates]);
    printUpdate(one, output);
  }
  const texts = [...byFile].map(([file, updates]): [string, string] => {
    const before = new TextDecoder().decode(files.get(file));
    const text = updateTests(before, updates, file.endsWith('.json'));
    if (text === undefined)
      throw new Refusal(
        'NOT_UPDATED',
        `${file}: what is expected cannot be changed alone`,
        'its tests share values: edit it by hand',
      );
    // A file that `verdict fmt` has written stays as that writes it.
    const isFormatted = formatFile(file, 'tests', before, undefined) === before;
    return [file, (isFormatted ? formatFile(file, 'tests', text, undefined) : undefined) ?? text];
  });
  for (const [file, text] of texts) writeFileSync(join(dir as string, file), text);
  return { count, files: texts.map(([file]) => file) };
}

/** What is to be written for a test: the parts that differ, or all of them where nothing is expected yet. */
function updatesOf({ result, decision }: RunTest): Omit<ExpectUpdate, 'test'>[] {
  if (decision === undefined) return [];
  if (result.problemIn === 'expect') {
    const { status, ...rest } = decision;
    const parts = status === 'OK' ? rest : { status, ...rest };
    return Object.entries(parts).map(([part, value]) => ({ path: [part], value }));
  }
  // An output that is not declared stays: what it expects is the author's to mend.
  return result.differences
    .filter(({ actual }) => actual !== undefined)
    .map(({ part, actual }) => ({ path: part.split('.'), value: actual }));
}

function printUpdate({ result, decision }: RunTest, output: Output): void {
  output.line(`${output.paint('updated', 'yellow')}  ${result.name}   ${output.paint(`${result.file}:${result.line}`, 'dim')}`);
  const parts =
    result.problemIn === 'expect'
      ? diffDecisions(undefined, decision)
      : result.differences.map(({ part, expected, actual }) => ({ part, was: expected, is: actual }));
  for (const { part, was, is } of parts) {
    if (result.problemIn !== 'expect') output.line(`         ${output.paint(`- ${part}: ${JSON.stringify(was)}`, 'red')}`);
    output.line(`         ${output.paint(`+ ${part}: ${JSON.stringify(is)}`, 'green')}`);
  }
  output.line();
}

/** What was written, in one line. */
export function printUpdated({ count, files }: Updated, output: Output): void {
  if (count === 0) output.line('every test that can be updated expects what is decided');
  else output.line(`wrote what ${plural(count, 'test')} expect${count === 1 ? 's' : ''} into ${files.join(', ')}`);
}
