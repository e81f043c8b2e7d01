import { describe, expect, it } from 'vitest';
import { readDocument } from '#src/bundle/document.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';

/** The text of /when in a document, and what the file shows where `part` of it stands. */
function place(document: string, part: string, file = 'rules/a.yaml'): { text: string; shown: string } {
  const bag = new DiagnosticBag();
  const read = readDocument(file, new TextEncoder().encode(document), bag);
  if (read === undefined) throw new Error(bag.items.map(({ message }) => message).join('\n'));
  const scalar = read.scalar('/when')!;
  const start = scalar.text.indexOf(part);
  const span = scalar.spanAt(start, start + part.length);
  return { text: scalar.text, shown: read.text.slice(span.start, span.end) };
}

describe('places inside scalars', () => {
  it.each([
    ['plain', 'when: a > 1 && foo\n', 'foo', 'foo'],
    ['plain with comment', 'when: a > foo # foo\n', 'foo', 'foo'],
    ['plain over lines', 'when: a > 1 &&\n  foo > 2\n', 'foo', 'foo'],
    ['plain over an empty line', 'when: a > 1 &&\n\n  foo > 2\n', 'foo', 'foo'],
    ['single quotes', "when: 'a === ''x'' && foo'\n", 'foo', 'foo'],
    ['single quotes, a quote', "when: 'a === \"it''s\" && foo'\n", "it's", "it''s"],
    ['double quotes', 'when: "a > 1 && foo"\n', 'foo', 'foo'],
    ['double quotes, escapes', 'when: "a === \\"x\\" && foo"\n', 'foo', 'foo'],
    ['double quotes, an escape itself', 'when: "a === \\"x\\" && foo"\n', '"x"', '\\"x\\"'],
    ['double quotes, code point', 'when: "a === \'\\u00e9\' && foo"\n', 'foo', 'foo'],
    ['double quotes over lines', 'when: "a > 1 &&\n  foo > 2"\n', 'foo', 'foo'],
    ['double quotes, escaped line end', 'when: "a > 1 &&\\\n  foo > 2"\n', 'foo', 'foo'],
    ['literal block', 'when: |\n  a > 1 &&\n    foo > 2\nx: 1\n', 'foo', 'foo'],
    ['literal block, stripped', 'when: |-\n  a > 1 && foo\n', 'foo', 'foo'],
    ['folded block', 'when: >\n  a > 1 &&\n  foo > 2\n', 'foo', 'foo'],
    ['folded block with empty lines', 'when: >-\n\n  a > 1 &&\n\n  foo > 2\n', 'foo', 'foo'],
    ['block with a comment in its header', 'when: | # why\n  foo > 2\n', 'foo', 'foo'],
    ['carriage returns', 'when: |\r\n  a > 1 &&\r\n  foo > 2\r\n', 'foo', 'foo'],
    ['surrogate pairs', 'when: a === "😀" && foo\n', 'foo', 'foo'],
    ['an anchor', 'other: &c a > foo\nwhen: *c\n', 'foo', 'foo'],
    ['more than a word', 'when: |\n  a > 1\n  && foo\n', '1\n&&', '1\n  &&'],
  ])('%s', (_, document, part, shown) => expect(place(document, part).shown).toBe(shown));

  it('JSON', () => {
    const document = JSON.stringify({ when: 'a === "x" && b === "\\n" && foo > 1' }, null, 2);
    expect(place(document, 'foo', 'rules/a.json').shown).toBe('foo');
  });

  it('a byte order mark does not count', () => expect(place('\ufeffwhen: a > foo\n', 'foo').shown).toBe('foo'));
});
