import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Commented, csvText, yamlText } from '#src/import/bundle-text.js';

describe('yamlText', () => {
  it('writes paragraphs, short things on one line, comments above', () => {
    const value = [
      { name: 'fee', description: 'What it costs: all.', value: 'amount * 0.01' },
      new Commented({ name: 'band', cases: [{ when: 'age < 25', value: '"young"' }, { value: '"old"' }] }, 'two\nlines'),
      { text: new Commented('a # b', 'why'), long: ['x'.repeat(60), 'y'.repeat(60)], none: [] },
    ];
    const text = yamlText(value, { head: 'Imported.' });
    expect(text).toBe(`# Imported.
- name: fee
  description: "What it costs: all."
  value: amount * 0.01

# two
# lines
- name: band
  cases:
    - { when: age < 25, value: '"young"' }
    - { value: '"old"' }

- # why
  text: "a # b"
  long:
    - ${'x'.repeat(60)}
    - ${'y'.repeat(60)}
  none: []
`);
    expect(parse(text)).toHaveLength(3);
  });
});

describe('csvText', () => {
  it('quotes what needs it', () => {
    expect(
      csvText([
        ['a', '-> b'],
        ['x, y', 'say "hi"'],
        [' z', ''],
      ]),
    ).toBe('a,-> b\n"x, y","say ""hi"""\n" z",\n');
  });
});
