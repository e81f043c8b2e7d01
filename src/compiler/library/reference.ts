// The reference page of the functions, made from the library's table.

import { signatureOf } from '../checker/calls.js';
import type { LibraryEntry, ReceiverKind } from './entry.js';
import { LIBRARY } from './library.js';

const GROUPS: readonly (readonly [title: string, lead: string, kinds: readonly ReceiverKind[], names?: readonly string[]])[] = [
  ['Texts', "Positions and lengths count UTF-16 code units, as in JavaScript; results equal JavaScript's.", ['text'], ['matches']],
  ['Lists', 'Of the payload, of array literals, of the pieces of a text, of what a table gives.', ['list']],
  ['Lists of the tenant', 'Declared in `lists/`, replaced without compiling the bundle.', ['lists']],
  [
    'Decimals',
    'Every result has a scale and a rounding: `"half-even"`, `"half-up"` (away from zero), `"down"` (towards zero), `"up"`.',
    [],
    ['divide', 'round', 'toNumber', 'toDecimal'],
  ],
  ['Numbers', '`abs`, `min` and `max` take decimals too.', ['Math']],
  [
    'Timestamps',
    'A zone is an IANA name, written as a literal; its transitions are compiled into the image, with their version.',
    ['timestamp'],
  ],
  ['Dates', 'Days of the Gregorian calendar.', ['date']],
];

/** The sections of docs/FUNCTIONS.md, one for each kind of value. */
export function functionReference(): string {
  return GROUPS.map(([title, lead, kinds, names = []]) => {
    const entries = LIBRARY.filter(({ on, name }) => kinds.includes(on) || (on === 'function' && names.includes(name)));
    return [`## ${title}`, '', lead, '', ...tableOf(entries), ...examplesOf(entries)].join('\n');
  }).join('\n\n');
}

function tableOf(entries: readonly LibraryEntry[]): string[] {
  const rows = entries.map((entry) => {
    const cells = [`\`${signatureOf(entry)}\``, entry.result, entry.semantics, entry.cost];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| written | gives | meaning | cost |', '| --- | --- | --- | --- |', ...rows];
}

function examplesOf(entries: readonly LibraryEntry[]): string[] {
  const lines = entries.flatMap(({ examples }) => examples.map(([text, value]) => `${text} // ${JSON.stringify(value)}`));
  return lines.length === 0 ? [] : ['', '```ts', ...lines, '```'];
}
