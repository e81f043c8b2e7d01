// A list that is read again after an edit is what it would be afresh.

import { describe, expect, it } from 'vitest';
import { type ListDocument, readListDocument } from '#src/bundle/list-document.js';

const SEED = Number(process.env.VERDICT_SEED ?? 20_261_123);

const item = (index: number): string => `- id: r${index}\n  when: a > ${index % 7}\n`;
const list = (count: number): string => `# rules\n${Array.from({ length: count }, (_, index) => item(index)).join('')}`;
const PIECES = [
  '- ',
  '\n- ',
  '\n',
  '#',
  '  ',
  '---\n',
  '\n%',
  '\r\n',
  "'",
  '"',
  '|\n',
  '- - x\n',
  item(3),
  item(500),
  '[',
  '&a ',
  'é',
  '😀',
  '',
];

function read(text: string, before?: ListDocument): ListDocument | undefined {
  return readListDocument('rules/a.yaml', new TextEncoder().encode(text), text, before);
}

const shown = (document: ListDocument | undefined): unknown =>
  document && {
    text: document.text,
    value: document.value,
    starts: document.starts,
    places: document.items.map((_, index) => [document.spanOf(`/${index}`), document.scalar(`/${index}/when`)?.spanAt(0, 2)]),
  };

describe('a list read again', () => {
  it(`after any edits; seed ${SEED}`, () => {
    let state = SEED >>> 0;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let text = list(60);
    let before = read(text);
    let taken = 0;
    for (let step = 0; step < 120; step++) {
      const at = random(text.length + 1);
      const gone = random(3) === 0 ? random(60) : 0;
      const edited = text.slice(0, at) + PIECES[random(PIECES.length)]! + text.slice(at + gone);
      const again = read(edited, before);
      expect(shown(again), JSON.stringify(edited)).toEqual(shown(read(edited)));
      if (again === undefined) continue;
      taken += again.items.filter((own) => before?.items.includes(own)).length;
      before = again;
      text = random(10) === 0 ? list(55 + random(10)) : edited;
    }
    expect(taken).toBeGreaterThan(1500);
  });

  it.each<[string, (text: string) => string, number]>([
    ['nothing is changed', (text) => text, 0],
    ['one is changed', (text) => text.replace('a > 3', 'a > 300'), 1],
    ['one is added at the end', (text) => text + item(900), 1],
    ['one is added before the first', (text) => text.replace('# rules\n', `# rules\n${item(900)}`), 1],
    ['one is removed', (text) => text.replace(item(30), ''), 0],
    ['two far apart are changed', (text) => text.replace('id: r2\n', 'id: x\n').replace('id: r58\n', 'id: y\n'), 2],
  ])('reads only what has changed: %s', (_, change, fresh) => {
    const before = read(list(60))!;
    const again = read(change(before.text), before)!;
    expect(again.items.filter((own) => !before.items.includes(own))).toHaveLength(fresh);
    expect(shown(again)).toEqual(shown(read(again.text)));
  });
});
