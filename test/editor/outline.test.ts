// Outlines, searches over a bundle, and colours.

import { describe, expect, it } from 'vitest';
import { type OutlineItem, outlineOf, searchOutline } from '#src/editor/outline.js';
import { semanticTokens } from '#src/editor/tokens.js';
import { sessionOf } from './world.js';

const names = (items: readonly OutlineItem[]): unknown[] =>
  items.map(({ name, children }) => (children.length === 0 ? name : [name, names(children)]));

describe('outline', () => {
  const cases: readonly (readonly [path: string, found: unknown[]])[] = [
    ['rules/main.yaml', ['large', 'listed', 'items', 'region']],
    ['features/fee.yaml', ['fee', 'region']],
    ['tables/limit.yaml', ['rate', '1', '2', '3']],
    ['tables/signal.csv', ['far', 'near']],
    ['parameters/limits.yaml', ['top']],
    ['tests/main.yaml', ['large']],
    ['model.yaml', ['amount', 'country', 'email', 'note', 'at', ['card', ['limit', 'address']], 'home', ['items', ['price']]]],
    ['bundle.yaml', ['name', 'version', 'model', 'profile', 'onError', 'decide']],
  ];
  it.each(cases)('%s', (path, found) => expect(names(outlineOf(sessionOf(), path))).toEqual(found));

  it('holds each name in its item', () => {
    const session = sessionOf();
    const wrong = session.paths.flatMap((path) =>
      outlineOf(session, path).filter(({ span, nameSpan }) => nameSpan.start < span.start || nameSpan.end > span.end),
    );
    expect(wrong).toEqual([]);
  });

  it('is searched', () => {
    expect(names(searchOutline(sessionOf(), 'li', 10))).toEqual(
      ['listed', 'blocked', 'limit', 'limits', 'limit'].filter((name) => name.includes('li')),
    );
  });
});

describe('colours', () => {
  const shown = (path: string, text: string): string => {
    const session = sessionOf({ [path]: text });
    return semanticTokens(session, path)
      .map(({ start, end, type }) => `${session.text(path).slice(start, end)}:${type}`)
      .join(' ');
  };
  const cases: readonly (readonly [path: string, text: string, tokens: string])[] = [
    [
      'rules/main.yaml',
      '- id: x\n  when: \'amount >= 5 && country === "US"\'\n  then: { score: 1 }\n',
      'amount:property >=:operator 5:number &&:operator country:property ===:operator "US":string',
    ],
    [
      'rules/main.yaml',
      '- id: x\n  when: |\n    // why\n    items.some(item => item.price > fee)\n  then: { score: 1 }\n',
      '// why:comment items:property some:method item:parameter =>:operator item:parameter price:property >:operator fee:variable',
    ],
    [
      'rules/main.yaml',
      '- id: x\n  when: lists.blocked.includes(email) || limit.rate > Math.abs(-1) && true\n  then: { score: 1 }\n',
      'lists:namespace blocked:property includes:method email:property ||:operator limit:namespace rate:property >:operator Math:namespace abs:method -:operator 1:number &&:operator true:keyword',
    ],
    ['features/fee.yaml', '- name: x\n  value: "`a${email}`"\n', '`a${email}`:string'],
    [
      'tables/signal.csv',
      'country,amount,-> score\n"US, GB",> fee,1\n',
      'country:property amount:property US:enumMember GB:enumMember fee:variable',
    ],
  ];
  it.each(cases)('%s %s', (path, text, tokens) => expect(shown(path, text)).toBe(tokens));

  it('are given for a part of a file', () => {
    const session = sessionOf();
    const all = semanticTokens(session, 'rules/main.yaml');
    const from = session.text('rules/main.yaml').indexOf('- id: items');
    const some = semanticTokens(session, 'rules/main.yaml', from, from + 60);
    expect(some.length).toBeGreaterThan(3);
    expect(some.length).toBeLessThan(all.length);
    expect(
      some.every((token) => all.some(({ start, end, type }) => start === token.start && end === token.end && type === token.type)),
    ).toBe(true);
  });
});
