// Documents of strangers: what costs more than it is long.

import { describe, expect, it, vi } from 'vitest';
import { readDocument } from '#src/bundle/document.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';

/** Codes of what is found in one document. */
function codes(text: string, file = 'rules/a.yaml'): string[] {
  const bag = new DiagnosticBag();
  readDocument(file, new TextEncoder().encode(text), bag);
  return bag.items.map(({ code }) => code);
}

describe('nesting', () => {
  it.each([
    ['flow sequences', '['.repeat(40_000), ['V1009']],
    ['flow maps', '{a: '.repeat(40_000), ['V1009']],
    ['sequences in one line', '- '.repeat(40_000), ['V1009']],
    ['explicit keys', '? '.repeat(40_000), ['V1009']],
    ['maps by indentation', Array.from({ length: 600 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'), ['V1009']],
    ['as deep as a model gets', `${'{ a: '.repeat(100)}1${' }'.repeat(100)}`, []],
  ])('%s', (_, text, expected) => expect(codes(text)).toEqual(expected));

  it('of JSON', () => expect(codes('['.repeat(40_000), 'rules/a.json')).toEqual(['V1009']));
});

it('finds the one of many keys that stands twice', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`);
  expect(codes(keys.join('\n'))).toEqual([]);
  expect(codes([...keys, 'k7: 2'].join('\n'))).toEqual(['V1006']);
});

it.each(['{', '[1', '"a', 'a: {\n', '{é'])('has a place inside the text for what is missing behind %s', (text) => {
  const bag = new DiagnosticBag();
  readDocument('rules/a.yaml', new TextEncoder().encode(text), bag);
  expect(bag.items).not.toHaveLength(0);
  for (const { span } of bag.items) expect(span.start <= span.end && span.end <= text.length, JSON.stringify(span)).toBe(true);
});

it('writes nothing to the warnings of the process', () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  codes('? { a: 1 }\n: 2\n? [b]\n: 3\n');
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
