// Whole pages: what they say, that every link leads somewhere, and that a bundle cannot put markup into them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '#src/engine.js';
import { pageStyle } from '#src/page/style.js';
import { exampleFiles } from '../examples/open-example.js';
import { pageOf, sourceOf, type Texts, WHOLE } from './render.js';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(() => engine.close());

const VOID = new Set(['meta', 'link', 'br', 'input']);

/** Checks that elements nest, ids are given once and links lead to them, and that nothing is asked for elsewhere. */
function checkMarkup(page: string): void {
  const markup = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '').replace('<!doctype html>', '');
  const open: string[] = [];
  for (const [, end, name, rest] of markup.matchAll(/<(\/?)([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/g)) {
    if (VOID.has(name!)) continue;
    if (end === '') open.push(name!);
    else expect(`${open.pop()} ${rest}`).toBe(`${name} `);
  }
  expect(open).toEqual([]);
  expect(markup.replace(/<(\/?)([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*>/g, '')).not.toMatch(/[<>]/);
  const ids = [...markup.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]!);
  expect(ids.length).toBe(new Set(ids).size);
  const targets = [...markup.matchAll(/ href="([^"]*)"/g)].map((match) => match[1]!).filter((target) => target !== 'data:,');
  expect(targets.filter((target) => !target.startsWith('#') || !ids.includes(target.slice(1)))).toEqual([]);
  expect(markup).not.toMatch(/<[^>]*\s(src|style|on[a-z]+)=/);
}

/** The text of a section, blanks as one. */
function section(page: string, id: string): string {
  const markup = new RegExp(`<section id="${id}">([\\s\\S]*?)</section>`).exec(page)?.[1] ?? '';
  const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/&[a-z#0-9]+;/g, (entity) => entities[entity]!)
    .replace(/\s+/g, ' ');
}

describe('the page of a bundle', () => {
  let page: string;
  beforeAll(async () => {
    page = await pageOf(WHOLE, engine);
  });

  it('is well formed', () => checkMarkup(page));

  it('says how a decision is made', () => {
    const text = section(page, 'decision');
    expect(text).toContain('approve below 50 review 50 or more, below 80 decline 80 or more');
    expect(text).toContain('gets no outcome: the caller is told that it has failed');
  });

  it.each([
    ['amount decimal, 2 digits 0.00 to 1000.50 required What is paid. size', 'model'],
    ['country one of DE , FR , amount required', 'model'],
    ['note text 1 to 40 characters may be null blocked', 'model'],
    ['vip boolean else false large', 'model'],
    ['tags list of text at most 5 elements may be null tagged', 'model'],
    ['items[].count integer else 1 total', 'model'],
    ['Fields that nothing reads placedAt , born , ratio , ledger', 'model'],
  ])('has the field: %s', (text, id) => {
    // who reads the amount comes in the order of the page
    expect(section(page, id)).toContain(text.replace(' size', ''));
  });

  it('has rules, with what follows of them and how often tests fire them', () => {
    const text = section(page, 'rules');
    expect(text).toMatch(/large Much\. rules\/r\.yaml:2 amount > parameters\.limits\.amount && size === "big" /);
    expect(text).toMatch(/score 70 LARGE \d+ never/);
    expect(text).toMatch(/blocked rules\/r\.yaml:6 .* decline BLOCKED \d+ 1 tagged/);
  });

  it('has tables whole, with what is proven of them', () => {
    const text = section(page, 'tables');
    expect(text).toContain('At most one row matches, and it gives the outputs.');
    expect(text).toContain('Overlaps none: proven that no two rows contradict one another');
    expect(text).toContain('Gaps not looked for: an input that no row takes is foreseen');
    expect(text).toContain('Where country amount');
    expect(text).toContain('1 home At home. DE < 500 1 HOME 1');
    // a member of the enum, though a field has its name
    expect(page).toContain('<td class="cell">amount, FR</td>');
  });

  it('has scorecards with their range', () => {
    const text = section(page, 'scorecards');
    expect(text).toContain('points.score : 6.5 to 15, beginning with 5');
    expect(text).toMatch(/age card\?\.age < 20 1\.5 8\.5 AGE never age anything else 10 2/);
  });

  it('has outputs', () => {
    const text = section(page, 'outputs');
    expect(text).toContain('fee.total At once. outputs.yaml:2 decimal(2) amount');
    expect(text).toContain('fee.kind outputs.yaml:3 string "none" where vip "full" otherwise');
    expect(text).toContain(
      '{ price: number, twice: number }[] | null for each item of items price: item.price twice: item.price * 2',
    );
    expect(section(page, 'tests')).toContain('approve 15 {"fee":{"total":450,"kind":"full"},"bought":null} HOME passed');
  });

  it('has features, lists and parameters', () => {
    expect(section(page, 'features')).toMatch(/size features\/f\.yaml:3 string "big" where total > 100 "small" otherwise large/);
    expect(section(page, 'lists')).toContain('lists.blocked lists/blocked.yaml string at most 10 of the bundle blocked');
    expect(section(page, 'parameters')).toContain('amount From which on it is much. decimal(2) "400.00" 0.00 to 900.00 large');
  });

  it('has reason codes with everything that gives them', () => {
    const text = section(page, 'reasons');
    expect(text).toContain('LARGE rule large , rule tagged never');
    expect(text).toContain('HOME table limits , row 1 1');
    expect(text).toContain('AGE scorecard points : age never');
  });

  it('has tests with their results and what they never hit', () => {
    const text = section(page, 'tests');
    expect(text).toContain('1 of 3 tests failed');
    expect(text).toContain('1 of 3 (33.3 %); never hit: large , tagged');
    expect(text).toContain(' BLOCKED failed outcome: "review" was expected, "decline" decided');
    expect(text).toContain('Outcomes approve 1, review never , decline 1');
  });

  it('has its cost and its findings', () => {
    expect(section(page, 'cost')).toMatch(/payload payload \d+ [\d.]+ %/);
    expect(section(page, 'findings')).toContain('Checking the bundle has found nothing.');
  });

  it('tells the differences to another version', async () => {
    const changed = { ...WHOLE, 'rules/r.yaml': WHOLE['rules/r.yaml']!.replace('score: 70', 'score: 71') };
    const text = section(await pageOf(changed, undefined, sourceOf(WHOLE)), 'changes');
    expect(text).toContain('Rules: 1 difference, 1 changed Name Change What large changed score 70 71');
    expect(section(await pageOf(WHOLE, undefined, sourceOf(WHOLE)), 'changes')).toContain('The images are the same.');
    expect(section(page, 'changes')).toBe('');
  });

  it('is the same for the same bundle', async () => {
    expect(await pageOf(WHOLE, engine)).toBe(page);
  });
});

describe('the examples', () => {
  it.each(['boosted', 'card-risk', 'credit', 'lending'])('%s', async (name) => {
    const page = await pageOf(exampleFiles(name), engine);
    checkMarkup(page);
    expect(section(page, 'tests')).toMatch(/tests passed/);
    if (name === 'lending') expect(section(page, 'tables')).toContain('Gaps none: proven that every input is taken by some row');
  });
});

describe('a hostile bundle', () => {
  it('is text and nothing else', async () => {
    const evil = `</td></style><script>document.title='taken'</script><img src=x onerror=alert(1)>"'&lt;\u202e`;
    const text = JSON.stringify(evil);
    const quoted = JSON.stringify(text);
    const hostile: Texts = {
      ...WHOLE,
      'm.schema.yaml': `
type: object
required: [amount]
properties:
  amount: { type: number, description: ${text} }
  kind: { type: string, enum: [a, ${text}] }
  note: { type: string, maxLength: 200, default: ${text} }
`,
      'features/f.yaml': `- { name: total, description: ${text}, value: ${JSON.stringify(JSON.stringify(evil))} }\n`,
      'rules/r.yaml': `- { id: one, description: ${text}, when: ${JSON.stringify(`note === ${JSON.stringify(evil)} || total === \`${evil}\``)}, then: { score: 90, reason: ONE } }\n`,
      'tables/limits.yaml': `
description: ${text}
inputs: [{ value: note, label: ${text} }]
outputs: [{ name: text, default: ${JSON.stringify(JSON.stringify(evil))} }, { name: score }]
rows:
  - { description: ${text}, when: [${JSON.stringify(JSON.stringify(evil))}], then: [${JSON.stringify(JSON.stringify(evil))}, 1] }
`,
      'scorecards/points.yaml': `
description: ${text}
characteristics:
  - { name: one, input: note, reason: ONE, attributes: [{ when: ${quoted}, points: 1 }, { points: 2 }] }
`,
      'lists/blocked.yaml': `type: string\ncontent: bundle\ndescription: ${text}\n`,
      'parameters/limits.yaml': `description: ${text}\nvalues:\n  a: { type: string, maxLength: 200, default: ${text}, description: ${text} }\n`,
      'outputs.yaml': `- { name: told, description: ${text}, value: ${JSON.stringify(text)} }\n`,
      'tests/t.yaml': `- { name: ${text}, payload: { amount: 1, note: ${text} }, expect: { score: 7 } }\n`,
    };
    const page = await pageOf(hostile, engine, sourceOf(WHOLE));
    checkMarkup(page);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.match(/<style/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    expect(page).not.toContain('\u202e');
    expect(page.match(/\[U\+202E\]/g)!.length).toBeGreaterThan(12);
  });

  it('cannot leave the foot of a printed page', () => {
    const style = pageStyle('a"; } body { display: none } \\ </style>\n');
    expect(style).toContain('content: "a\\22 \\3b  \\7d  body \\7b  display\\3a  none \\7d  \\5c  \\3c \\2f style\\3e \\a ";');
  });
});

describe('the colors', () => {
  /** Contrast of two colors as WCAG 2 has it. */
  const contrast = (a: string, b: string): number => {
    const [light, dark] = [a, b]
      .map((color) => {
        const hex = color.length === 4 ? [...color.slice(1)].map((digit) => digit + digit).join('') : color.slice(1);
        const [r, g, bl] = [0, 2, 4]
          .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
          .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)) as [number, number, number];
        return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
      })
      .sort((x, y) => y - x) as [number, number];
    return (light + 0.05) / (dark + 0.05);
  };

  it('can be read, in the light and in the dark', () => {
    const schemes = [...pageStyle('').matchAll(/:root \{([^}]*--ground[^}]*)\}/g)].map(
      ([, scheme]) => new Map([...scheme!.matchAll(/--([a-z-]+): (#[0-9a-f]+)/g)].map((match) => [match[1]!, match[2]!])),
    );
    expect(schemes).toHaveLength(2);
    for (const colors of schemes) {
      const front = [...colors.keys()].filter((name) => !name.includes('ground') && name !== 'line');
      const low = front.flatMap((name) =>
        ['ground', 'soft-ground']
          .map((ground) => ({ name, ground, ratio: contrast(colors.get(name)!, colors.get(ground)!) }))
          .filter(({ ratio }) => ratio < 4.5),
      );
      expect(low).toEqual([]);
    }
  });
});
