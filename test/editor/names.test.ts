// Hover, definitions, references and renaming over the files of a bundle.

import { describe, expect, it } from 'vitest';
import { hoverAt } from '#src/editor/hover.js';
import { localAt, occurrencesOf, symbolAt } from '#src/editor/occurrences.js';
import { type Rename, renameAt } from '#src/editor/rename.js';
import { BundleSession } from '#src/editor/session.js';
import { FILES, placeIn, sessionOf } from './world.js';

it('has a bundle without a fault', () => {
  expect(
    sessionOf()
      .check()
      .filter(({ severity }) => severity === 'error'),
  ).toEqual([]);
});

describe('hover', () => {
  const cases: readonly (readonly [path: string, place: string, shown: RegExp])[] = [
    ['rules/main.yaml', 'am|ount > 5000', /amount: decimal\(2\)[\s\S]*What is paid\.[\s\S]*0\.00 to 10000\.00[\s\S]*Required/],
    ['rules/main.yaml', 'country !==', /country: enum\(country\)[\s\S]*`US`, `GB`, `DE`/],
    ['rules/main.yaml', '"U|S"', /A member of `country`/],
    ['rules/main.yaml', 'fe|e > 10', /feature fee: decimal\(4\)[\s\S]*What it costs\.[\s\S]*amount \* 0\.01 \+ 5/],
    ['rules/main.yaml', 'region === ', /feature region: string[\s\S]*country === "US" \? "us"/],
    ['rules/main.yaml', 'limit.rate', /table limit[\s\S]*3 rows, hit policy `first`[\s\S]*`Amount`, `country`[\s\S]*`rate`/],
    ['rules/main.yaml', 'limit.r|ate', /limit\.rate: number/],
    ['rules/main.yaml', 'blocked', /list blocked: string[\s\S]*Addresses that are blocked/],
    ['rules/main.yaml', 'limits.t|op', /parameters\.limits\.top: number[\s\S]*The most\.[\s\S]*Default: `5`/],
    ['rules/main.yaml', 'inclu|des(', /lists\.NAME\.includes\(value: member\): boolean[\s\S]*Cost:/],
    ['rules/main.yaml', 'some(', /list\.some\(test: element => boolean\)/],
    ['rules/main.yaml', 'item.price', /item: object/],
    ['rules/main.yaml', 'item.pr|ice', /items\[\]\.price: number/],
    ['rules/main.yaml', 'card.lim|it', /card\.limit: number/],
    ['rules/main.yaml', 'id: lar|ge', /rule large[\s\S]*Much money/],
    ['rules/main.yaml', 'LARGE', /Given by `large`, `items`/],
    ['rules/main.yaml', 'sco|re:', /Added to the score/],
    ['tables/limit.yaml', '>= fe|e', /feature fee/],
    ['tables/limit.yaml', 'hitPol|icy', /several rows match[\s\S]*`ruleOrder`/],
    ['tables/signal.csv', 'id,coun|try', /country: enum/],
    ['tables/signal.csv', 'F|AR', /reason FAR/],
    ['model.yaml', 'am|ount:', /decimal\(2\)/],
    ['model.yaml', 'maxLe|ngth', /Characters at most/],
    ['model.yaml', 'ci|ty', /Declared once for `card\.address\.city`, `home\.city`/],
    ['tests/main.yaml', 'amount', /decimal\(2\)/],
  ];
  it.each(cases)('%s %s', (path, place, shown) => {
    const { session, offset } = placeIn(path, place);
    expect(hoverAt(session, path, offset)?.markdown ?? '').toMatch(shown);
  });

  it('says what a rule and a feature cost', () => {
    const { session, path, offset } = placeIn('features/fee.yaml', 'name: fe|e');
    expect(hoverAt(session, path, offset)!.markdown).toMatch(/Costs at most \d+ units/);
  });

  it('shows nothing of prose', () => {
    const { session, path, offset } = placeIn('rules/main.yaml', 'Much mo|ney');
    expect(hoverAt(session, path, offset)).toBeUndefined();
  });
});

/** Places of a symbol: `path:line`, declarations with a star. */
function places(path: string, place: string): string[] {
  const { session, offset } = placeIn(path, place);
  const found = symbolAt(session, path, offset);
  return (found === undefined ? [] : occurrencesOf(session, found.symbol)).map(({ span, isDeclaration, isFile }) => {
    const before = session.text(span.file).slice(0, span.start);
    const column = span.start - before.lastIndexOf('\n');
    return `${isDeclaration ? '*' : ''}${span.file}${isFile === true ? '' : `:${before.split('\n').length}:${column}`}`;
  });
}

describe('references', () => {
  const cases: readonly (readonly [path: string, place: string, found: string[]])[] = [
    [
      'rules/main.yaml',
      'am|ount > 5000',
      [
        'features/fee.yaml:3:10',
        'model.yaml:2:12',
        '*model.yaml:4:3',
        'rules/main.yaml:3:9',
        'tables/limit.yaml:3:14',
        'tables/signal.csv:1:12',
        'tests/main.yaml:2:14',
      ],
    ],
    ['tests/main.yaml', 'pri|ce', ['model.yaml:21:18', '*model.yaml:23:9', 'rules/main.yaml:9:33', 'tests/main.yaml:2:83']],
    ['features/fee.yaml', 'name: fe|e', ['*features/fee.yaml:1:9', 'rules/main.yaml:9:49', 'tables/limit.yaml:9:27']],
    ['tables/limit.yaml', 'rate', ['rules/main.yaml:6:48', '*tables/limit.yaml:6:13', 'tables/limit.yaml:9:56']],
    ['rules/main.yaml', 'limit.rate', ['*tables/limit.yaml', 'rules/main.yaml:6:42']],
    ['rules/main.yaml', 'blocked', ['*lists/blocked.yaml', 'rules/main.yaml:6:15']],
    ['rules/main.yaml', 'limits.t|op', ['*parameters/limits.yaml:2:3', 'rules/main.yaml:6:73']],
    ['rules/main.yaml', 'LARGE', ['rules/main.yaml:4:30', 'rules/main.yaml:10:29', 'tests/main.yaml:3:23']],
    ['model.yaml', 'city', ['*model.yaml:28:7']],
  ];
  it.each(cases)('of %s %s', (path, place, found) => expect(places(path, place)).toEqual(found));

  const ways: readonly (readonly [how: string, rule: string])[] = [
    ['plain', '- id: amount\n  when: amount > 1 && items.some(amount => amount.price > 1)\n  then: { score: 1, reason: amount }\n'],
    ['quoted', '- id: "amount"\n  when: "amount > 1"\n  then: { score: 1, reason: \'amount\' }\n'],
    ['in lines', '- id: amount\n  when: amount > 1\n  then:\n    score: 1\n    # reason: amount\n    reason: amount\n'],
    ['folded', '- id: amount\n  when: >\n    amount > 1\n  then: { reason: amount }\n'],
  ];
  it.each(ways)('of a rule, its reason and a field of one name, written %s', (_, text) => {
    const session = sessionOf({ 'rules/main.yaml': text });
    const at = (from: number): readonly [string, number][] => {
      const { symbol } = symbolAt(session, 'rules/main.yaml', from)!;
      const own = occurrencesOf(session, symbol).filter(({ span }) => span.file === 'rules/main.yaml');
      return own.map(({ span }) => [`${symbol.kind} ${text.slice(span.start, span.end)}`, span.start]);
    };
    const [id, field, reason] = [text.indexOf('amount'), text.search(/amount > 1/), text.lastIndexOf('amount')];
    expect([id, field, reason].flatMap(at)).toEqual([
      ['rule amount', id],
      ['field amount', field],
      ['reason amount', reason],
    ]);
  });

  it('of a parameter of a function', () => {
    const { session, path, offset } = placeIn('rules/main.yaml', 'it|em.price');
    const spans = localAt(session, path, offset)!;
    expect(spans.map(({ start, end }) => session.text(path).slice(start, end + 1))).toEqual(['item ', 'item.']);
  });
});

/** The texts of all files after a rename. */
function renamed(
  path: string,
  place: string,
  name: string,
): { session: BundleSession; files: Rename['files'] } | string | undefined {
  const { session, offset } = placeIn(path, place);
  const result = renameAt(session, path, offset, name);
  if (result === undefined || typeof result === 'string') return result;
  const after = new BundleSession();
  for (const file of session.paths) {
    let text = session.text(file);
    const own = result.edits.filter(({ span }) => span.file === file).sort((a, b) => b.span.start - a.span.start);
    for (const { span, text: written } of own) text = text.slice(0, span.start) + written + text.slice(span.end);
    after.setText(result.files.find(({ from }) => from === file)?.to ?? file, text);
  }
  return { session: after, files: result.files };
}

describe('rename', () => {
  const good: readonly (readonly [path: string, place: string, name: string])[] = [
    ['rules/main.yaml', 'am|ount > 5000', 'total'],
    ['rules/main.yaml', 'am|ount > 5000', 'class'],
    ['model.yaml', 'country:', 'now'],
    ['rules/main.yaml', 'card.li|mit', 'return'],
    ['model.yaml', 'country:', 'land'],
    ['model.yaml', 'ci|ty:', 'town'],
    ['rules/main.yaml', 'item.pr|ice', 'unitPrice'],
    ['tests/main.yaml', 'card', 'payment'],
    ['features/fee.yaml', 'name: fe|e', 'charge'],
    ['rules/main.yaml', 'limit.r|ate', 'percent'],
    ['rules/main.yaml', 'limit.rate', 'ceiling'],
    ['rules/main.yaml', 'blo|cked', 'refusedOnes'],
    ['rules/main.yaml', 'limits.t|op', 'uppermost'],
    ['rules/main.yaml', 'parameters.lim|its', 'bounds'],
    ['rules/main.yaml', 'LARGE', 'VERY_LARGE'],
    ['rules/main.yaml', 'it|em.price', 'oneItem'],
    ['tables/signal.csv', 'F|AR', 'ABROAD'],
    ['rules/main.yaml', 'id: lar|ge', 'big'],
  ];
  it.each(good)('%s %s to %s', (path, place, name) => {
    const result = renamed(path, place, name);
    if (typeof result !== 'object') throw new Error(`refused: ${result}`);
    const codes = (session: BundleSession): string[] =>
      session
        .check()
        .map(({ code }) => code)
        .sort();
    expect(codes(result.session)).toEqual(codes(sessionOf()));
    const old = placeIn(path, place).session;
    const wasNamed = (session: BundleSession): boolean =>
      session.paths.some((file) => file.includes(name) || session.text(file).includes(name));
    expect([wasNamed(old), wasNamed(result.session)]).toEqual([false, true]);
  });

  const bad: readonly (readonly [path: string, place: string, name: string, why: RegExp])[] = [
    ['rules/main.yaml', 'am|ount > 5000', 'country', /has the field `country` already/],
    ['rules/main.yaml', 'am|ount > 5000', 'fee', /has the name `fee` already/],
    ['rules/main.yaml', 'fe|e > 10', 'not a name', /is no name here/],
    ['rules/main.yaml', 'fe|e > 10', 'round', /word of the language/],
    ['rules/main.yaml', 'fe|e > 10', 'class', /word of the language/],
    ['rules/main.yaml', 'am|ount > 5000', '__proto__', /no name of a field/],
    ['rules/main.yaml', 'LARGE', 'large', /capital letters/],
    ['rules/main.yaml', 'id: lar|ge', 'items', /there is a rule `items` already/],
    ['rules/main.yaml', 'limit.rate', 'signal', /has the name `signal` already/],
  ];
  it.each(bad)('%s %s not to %s', (path, place, name, why) => expect(renamed(path, place, name)).toMatch(why));

  it('reaches rows and elements of outputs', () => {
    const outputs = [
      '- name: hits',
      '  each: offers',
      '  as: row',
      '  values: { points: row.points * 2 }',
      '- name: prices',
      '  each: items',
      '  as: item',
      '  values: { price: item.price }',
      '',
    ].join('\n');
    const offers =
      'hitPolicy: collect\ninputs: [amount]\noutputs: [{ name: points, type: number }]\nrows:\n  - { when: ["> 5"], then: [1] }\n';
    const session = sessionOf({ 'outputs.yaml': outputs, 'tables/offers.yaml': offers });
    expect(session.check().filter(({ severity }) => severity === 'error')).toEqual([]);
    const written = (mark: string, path: string): string[] => {
      const found = symbolAt(session, path, session.text(path).indexOf(mark));
      return occurrencesOf(session, found!.symbol).flatMap(({ span }) =>
        span.file === 'outputs.yaml' ? [session.text('outputs.yaml').slice(span.start - 4, span.end)] : [],
      );
    };
    expect(written('points, type', 'tables/offers.yaml')).toEqual(['row.points']);
    expect(written('price:', 'model.yaml')).toEqual(['tem.price']);
  });

  describe('of outputs reaches what tests expect', () => {
    const outputs = '- name: tier\n  value: fee\n- name: price.goods\n  value: amount\n- name: price.fee\n  value: fee\n';
    const tests = [
      '- name: nested',
      '  payload: { amount: 1 }',
      '  expect: { outputs: { tier: 1, price: { goods: 2, fee: 3 } } }',
      '- name: by path',
      '  payload: { amount: 1 }',
      '  expect: { outputs: { price.goods: 2, "price.fee": 3 } }',
      '',
    ].join('\n');
    const rename = (path: string, mark: string, name: string): unknown => {
      const session = sessionOf({ 'outputs.yaml': outputs, 'tests/main.yaml': tests });
      const result = renameAt(session, path, session.text(path).indexOf(mark), name);
      if (typeof result !== 'object') return result;
      return ['outputs.yaml', 'tests/main.yaml'].map((file) => {
        const edits = result.edits.filter(({ span }) => span.file === file).sort((a, b) => b.span.start - a.span.start);
        return edits.reduce(
          (text, { span, text: written }) => text.slice(0, span.start) + written + text.slice(span.end),
          session.text(file),
        );
      });
    };
    const all = (from: RegExp, to: string): string[] => [outputs, tests].map((text) => text.replaceAll(from, to));
    const cases: readonly (readonly [path: string, mark: string, name: string, result: unknown])[] = [
      ['outputs.yaml', 'tier', 'level', all(/tier/g, 'level')],
      ['tests/main.yaml', 'tier', 'level', all(/tier/g, 'level')],
      ['outputs.yaml', 'goods', 'wares', all(/goods/g, 'wares')],
      ['tests/main.yaml', 'goods: 2, "', 'wares', all(/goods/g, 'wares')],
      ['tests/main.yaml', 'fee: 3 }', 'charge', all(/(?<=price\.)fee|fee(?=: 3)/g, 'charge')],
      ['outputs.yaml', 'price', 'cost', all(/price/g, 'cost')],
      ['tests/main.yaml', 'price: {', 'cost', all(/price/g, 'cost')],
      ['outputs.yaml', 'goods', 'fee', 'there is an output `price.fee` already'],
      ['outputs.yaml', 'tier', 'price', 'there is an output `price` already'],
      ['outputs.yaml', 'tier', 'a: b', expect.stringContaining('is no name here')],
    ];
    it.each(cases)('%s %s to %s', (path, mark, name, result) => expect(rename(path, mark, name)).toEqual(result));
  });

  it('moves both files of a table', () => {
    const session = new BundleSession();
    const files = {
      ...FILES,
      'tables/signal.yaml': 'hitPolicy: first\n',
      'rules/x.yaml': '- id: x\n  when: signal.score !== null\n  then: { score: 1 }\n',
    };
    for (const [path, text] of Object.entries(files)) session.setText(path, text);
    const offset = files['rules/x.yaml'].indexOf('signal');
    expect(renameAt(session, 'rules/x.yaml', offset, 'sign')).toEqual({
      edits: [{ span: { file: 'rules/x.yaml', start: offset, end: offset + 6 }, text: 'sign' }],
      files: [
        { from: 'tables/signal.csv', to: 'tables/sign.csv' },
        { from: 'tables/signal.yaml', to: 'tables/sign.yaml' },
      ],
    });
  });

  it('leaves the names of outputs that decide', () => {
    const { session, path, offset } = placeIn('tables/signal.csv', '-> sco|re');
    expect(renameAt(session, path, offset, 'points')).toBeUndefined();
  });
});
