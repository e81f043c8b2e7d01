// Expressions on the page: what they name, and how they are set.

import { describe, expect, it } from 'vitest';
import { referencesIn, typeset } from '#src/page/expression.js';
import { PageNames } from '#src/page/names.js';
import { sourceOf, WHOLE } from './render.js';

const { manifest } = sourceOf(WHOLE);
const names = new PageNames(manifest);

/** What an expression names, with the text that names it where that differs. */
function check(text: string, expected: string): void {
  const found = referencesIn(text, names).map(({ path, start, end }) => {
    const written = text.slice(start, end);
    return written === path ? path : `${path} as ${written}`;
  });
  expect(found.join(', ')).toBe(expected);
}

describe('what an expression names', () => {
  // biome-ignore format: a table
  const cases: [string, string][] = [
    ['amount > 5', 'amount'],
    ['amount > 5 && (vip || amount < 2)', 'amount, vip, amount'],
    ['card.age', 'card.age'],
    ['card?.age ?? 0', 'card.age as card?.age'],
    ['card?.age.foo', 'card.age as card?.age'],
    ['note.toLowerCase().endsWith("amount")', 'note'],
    ['`${note} and ${country}`', 'note, country'],
    ['limits.rate + limits.reason', 'limits.rate, limits.reason'],
    ['points.score', 'points.score'],
    ['lists.blocked.includes(note)', 'lists.blocked, note'],
    ['parameters.limits.amount', 'parameters.limits.amount'],
    ['items.some(i => i.price > amount)', 'items, items[].price as i.price, amount'],
    ['items.filter(i => i.price > 1).every(x => x.count === 2)', 'items, items[].price as i.price, items[].count as x.count'],
    ['items?.reduce((sum, i) => sum + i.price, 0)', 'items, items[].price as i.price'],
    ['items.map(i => i.price).some(i => i.price > 1)', 'items, items[].price as i.price'],
    ['tags.some(vip => vip === "x")', 'tags, tags[] as vip'],
    ['[1, 2].includes(amount)', 'amount'],
    ['unknown.amount + Math.min(amount, 2)', 'amount'],
    ['[18..21)', ''],
    ['> 5', ''],
    ['', ''],
  ];
  it.each(cases)('%s', check);
});

describe('an expression', () => {
  it('links what it names, and colors the rest', () => {
    const amount = names.anchor('amount');
    expect(typeset('amount > 5 && note === "a<b"', names).text).toBe(
      `<code><a href="#${amount}">amount</a> <span class="t-sign">&gt;</span> <span class="t-number">5</span> ` +
        `<span class="t-sign">&amp;&amp;</span> <a href="#${names.anchor('note')}">note</a> <span class="t-sign">===</span> ` +
        '<span class="t-text">&quot;a&lt;b&quot;</span></code>',
    );
  });

  it('that is long has a line for each part', () => {
    const text = 'amount > 1000 && amount < 2000 && (vip || country === "DE") && note !== null';
    const lines = [...typeset(text, names).text.matchAll(/<span class="line">(.*?)(?=<span class="line">|<\/code>)/g)];
    const plain = lines.map(([, line]) =>
      line!
        .replace(/<[^>]*>/g, '')
        .replaceAll('&gt;', '>')
        .replaceAll('&lt;', '<')
        .replaceAll('&amp;', '&'),
    );
    expect(plain.map((line) => line.trim().replaceAll('&quot;', '"'))).toEqual([
      'amount > 1000',
      '&& amount < 2000',
      '&& (vip || country === "DE")',
      '&& note !== null',
    ]);
  });

  it('keeps every character', () => {
    for (const text of ['a  +\n b', '"\\"" + \'x\'', '`a${amount}b`', '[1..2), not(3)', '"open', '1.5e3..2', 'é < "ü"']) {
      const plain = typeset(text, names).text.replace(/<[^>]*>/g, '');
      const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
      expect(plain.replace(/&[a-z#0-9]+;/g, (entity) => entities[entity]!)).toBe(text);
    }
  });
});
