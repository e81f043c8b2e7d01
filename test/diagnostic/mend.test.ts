// Fixes: what is written and what it becomes, in the styles that files are written in. Each gives a bundle without the fault.

import { describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { applyFixes } from '#src/diagnostic/fix.js';
import { exampleFiles } from '#src/diagnostic/pages/base.js';

interface Mended {
  texts: Map<string, string>;
  codes: string[];
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Applies fixes once, and checks again. */
function mend(files: Record<string, string>): Mended {
  const bundle = new Map([...exampleFiles({ files })].map(([file, text]) => [file, new TextEncoder().encode(text)]));
  const mended = applyFixes(bundle, compile(bundle, { profileMax: 'standard' }).diagnostics);
  const all = new Map([...bundle, ...mended.files]);
  const texts = new Map([...mended.files].map(([file, bytes]) => [file, decoder.decode(bytes)]));
  return { texts, codes: compile(all, { profileMax: 'standard' }).diagnostics.map(({ code }) => code) };
}

const rule = (scalar: string): string => `- id: a\n  when: ${scalar}\n  then: { score: 100, reason: A }\n`;

describe('conditions', () => {
  const cases: [wrong: string, right: string][] = [
    ['country == "US"', 'country === "US"'],
    ['hour!=5', 'hour!==5'],
    ['amount > 5000;', 'amount > 5000'],
    ['hour > "5"', 'hour > 5'],
    ['amount > "19.99"', 'amount > 19.99'],
    ['vip === "true"', 'vip === true'],
    ['trusted && vip', 'trusted === true && vip'],
    ['channel === "Web"', 'channel === "web"'],
    ["channel !== 'APP'", "channel !== 'app'"],
    ['ammount > 5', 'amount > 5'],
    ['Amount > 5', 'amount > 5'],
    ['customer.Country === "US"', 'customer.country === "US"'],
    ['customer?.country === "US"', 'customer.country === "US"'],
    ['email.endswith("x")', 'email.endsWith("x")'],
    ['items.length() > 5', 'items.length > 5'],
    ['items.some(item => item.prise > 5)', 'items.some(item => item.price > 5)'],
  ];
  const single = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const styles: [name: string, write: (text: string) => string][] = [
    ['literal', (text) => `|\n    ${text}`],
    ['folded', (text) => `>-\n    ${text}`],
    ['double', (text) => JSON.stringify(text)],
    ['single', single],
    ['flow', (text) => `${single(text)} # why`],
  ];
  for (const [name, write] of styles) {
    it.each(cases)(`${name}: %s`, (wrong, right) => {
      expect(mend({ 'rules/example.yaml': rule(write(wrong)) })).toEqual({
        texts: new Map([['rules/example.yaml', rule(write(right))]]),
        codes: [],
      });
    });
  }

  it.each(cases.filter(([text]) => !/[#:{}[\],"'&]|=>/.test(text)))('plain: %s', (wrong, right) => {
    expect(mend({ 'rules/example.yaml': rule(wrong) }).texts.get('rules/example.yaml')).toBe(rule(right));
  });

  it('in JSON', () => {
    const json = (when: string): string => JSON.stringify([{ id: 'a', when, then: { score: 100, reason: 'A' } }]);
    const { texts, codes } = mend({
      'rules/a.json': json('country == "US" && channel === "Web"'),
      'rules/example.yaml': rule('vip').replace('id: a', 'id: b'),
    });
    expect(texts.get('rules/a.json')).toBe(json('country === "US" && channel === "web"'));
    expect(codes).toEqual([]);
  });

  it('over lines', () => {
    const { texts } = mend({ 'rules/example.yaml': rule('>\n    vip == true\n    && ammount > 5') });
    expect(texts.get('rules/example.yaml')).toBe(rule('>\n    vip === true\n    && amount > 5'));
  });
});

describe('what is not certain is left alone', () => {
  it.each([
    ['a short name', 'vi || vip'],
    ['two edits', 'aammoount > 5'],
    ['two names that are as near', 'nowe !== null && items.some(note1 => items.some(note2 => note1.price > notee.price))'],
    ['a member that is another word', 'channel === "Webb"'],
    ['a text that is no plain number', 'hour > "05"'],
    ['a method of another language', 'email.contains("x")'],
  ])('%s', (_, text) => expect(mend({ 'rules/example.yaml': rule(JSON.stringify(text)) }).texts).toEqual(new Map()));

  it('a plain scalar that YAML would read otherwise', () => {
    const { texts } = mend({ 'rules/example.yaml': rule('vip==trusted') });
    expect([undefined, rule('vip===trusted')]).toContain(texts.get('rules/example.yaml'));
  });
});

describe('documents', () => {
  it.each([
    ['a key', 'rules/example.yaml', rule('vip').replace('then', 'Then'), rule('vip')],
    ['a quoted key', 'rules/example.yaml', rule('vip').replace('score', '"scor"'), rule('vip').replace('score', '"score"')],
  ])('%s', (_, file, wrong, right) => {
    const { texts, codes } = mend({ [file]: wrong });
    expect([texts.get(file), codes]).toEqual([right, []]);
  });

  it('a key that the object has already stays', () => {
    const text = rule('vip').replace('  then', '  whan: vip\n  then');
    expect(mend({ 'rules/example.yaml': text }).texts.size).toBe(0);
  });

  it('cells of CSV', () => {
    const csv = (word: string, cell: string): string => `channel,hour,-> rate\n${word},${cell},1\n-,-,2\n`;
    const files = {
      'tables/limits.csv': csv('web', '"value == 5 && email != ""x"""'),
      'rules/example.yaml': rule('limits.rate === 2'),
    };
    const { texts } = mend(files);
    expect(texts.get('tables/limits.csv')).toBe(csv('web', '"value === 5 && email !== ""x"""'));
  });
});
