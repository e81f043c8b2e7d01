// What FEEL becomes, what is refused and where; sources that are hostile.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { importDmn } from '#src/import/dmn/import-dmn.js';
import { createEngine, type Engine } from '#src/index.js';
import { testSeed } from '../../lib/model.js';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const TYPES = `
  <itemDefinition name="tStatus"><typeRef>string</typeRef><allowedValues><text>"new","old"</text></allowedValues></itemDefinition>
  <itemDefinition name="tItem">
    <itemComponent name="unit price"><typeRef>number</typeRef></itemComponent>
    <itemComponent name="count"><typeRef>number</typeRef></itemComponent>
  </itemDefinition>
  <itemDefinition name="tItems" isCollection="true"><typeRef>tItem</typeRef></itemDefinition>
  <itemDefinition name="tPercent"><typeRef>number</typeRef><allowedValues><text>[0..100]</text></allowedValues></itemDefinition>`;
const INPUTS: Readonly<Record<string, string>> = {
  a: 'number',
  b: 'number',
  'Full Name': 'string',
  status: 'tStatus',
  p: 'boolean',
  q: 'boolean',
  items: 'tItems',
  born: 'date',
  percent: 'tPercent',
};

/** A model of decisions, each a FEEL text or XML. */
function dmn(decisions: Readonly<Record<string, string>>, more = ''): string {
  const inputs = Object.entries(INPUTS).map(
    ([name, type]) => `<inputData name="${name}" id="i_${name}"><variable name="${name}" typeRef="${type}"/></inputData>`,
  );
  const made = Object.entries(decisions).map(([name, text]) => {
    const logic = text.startsWith('<') ? text : `<literalExpression><text>${escaped(text)}</text></literalExpression>`;
    return `<decision name="${name}" id="d_${name}"><variable name="${name}"/>${logic}</decision>`;
  });
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="test">${TYPES}
${inputs.join('\n')}
${more}
${made.join('\n')}
</definitions>`;
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ poolThreads: 0 });
});
afterAll(async () => {
  await engine.close();
});

/** Outputs of a model for payloads. */
async function decided(text: string, payloads: readonly Record<string, unknown>[]): Promise<Record<string, unknown>[]> {
  const { files, diagnostics } = importDmn({ name: 'test.dmn', text }, {});
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { image, diagnostics: found } = compile(files, { profileMax: 'standard' });
  expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  const rules = await engine.load(image!);
  const outputs = payloads.map((payload) => rules.decide(payload).outputs as Record<string, unknown>);
  rules.release();
  return outputs;
}

/** Diagnostics as `CODE message @text of the span`. */
function faults(text: string): string[] {
  const { diagnostics } = importDmn({ name: 'test.dmn', text }, {});
  return diagnostics.map(({ code, message, span }) => `${code} ${message} @${text.slice(span.start, span.end)}`);
}

describe('values', () => {
  const full = {
    a: 7,
    b: 2,
    fullName: 'Ann Lee',
    status: 'new',
    p: true,
    q: false,
    born: '1990-02-28',
    percent: 50,
    items: [
      { unitPrice: 2, count: 3 },
      { unitPrice: 5, count: 1 },
    ],
  };
  it.each<[expression: string, full: unknown, empty: unknown]>([
    ['a + b * 2', 11, null],
    ['a / b', 3.5, null],
    ['a / (b - 2)', null, null],
    ['a ** 2', 49, null],
    ['-a', -7, null],
    ['a = 7', true, false],
    ['a = null', false, true],
    ['a != b', true, false],
    ['a > b', true, null],
    ['not(a > b)', false, null],
    ['p and q', false, null],
    ['p or q', true, null],
    ['q and a > 5', false, null],
    ['p or a > 5', true, null],
    ['if a > 5 then "big" else "small"', 'big', 'small'],
    ['if a = null then 0 else a * 2', 14, 0],
    ['if a != null then a else b', 7, null],
    ['a between 5 and 9', true, null],
    ['a in [5..7)', false, null],
    ['a in (1, 7, > 100)', true, null],
    ['status = "new"', true, false],
    ['status = "other"', false, false],
    ['"is " + status', 'is new', null],
    ['"Hi " + Full Name', 'Hi Ann Lee', null],
    ['upper case(Full Name)', 'ANN LEE', null],
    ['substring before(Full Name, " ")', 'Ann', null],
    ['substring after(Full Name, " ")', 'Lee', null],
    ['contains(Full Name, "nn")', true, null],
    ['string length("a\u{1F40E}")', 2, 2],
    ['sum(items.unit price)', 7, null],
    ['sum(for i in items return i.unit price * i.count)', 11, null],
    ['count(items)', 2, null],
    ['count(items[count > 1])', 1, null],
    ['max(items.unit price)', 5, null],
    ['some i in items satisfies i.count > 2', true, null],
    ['every i in items satisfies i.count > 2', false, null],
    ['some x in [a, b] satisfies x > 5', true, null],
    ['min(a, b)', 2, null],
    ['modulo(a, b)', 1, null],
    ['modulo(-7, b)', 1, null],
    ['floor(a / b)', 3, null],
    ['odd(a)', true, null],
    ['0.1 + 0.2', 0.3, 0.3],
    ['1 / 3 * 3 = 1', false, false],
    ['born < date("2000-01-01")', true, null],
    ['born.year + 1', 1991, null],
    ['{x: a * 2, y: x + 1}.y', 15, null],
    ['function(x) x + 1', 0, 0],
    ['list contains(["new", "old"], status)', true, false],
    ['(if a > 5 then b else null) + 1', 3, null],
    ['sqrt(a - 7)', 0, null],
    ['sqrt(b - 7)', null, null],
  ])('%s', async (expression, expected, empty) => {
    if (expression.startsWith('function')) {
      expect(faults(dmn({ d: expression }))[0]).toContain('V7002 `d` is not carried over: a function is no output');
      return;
    }
    const [found, none] = await decided(dmn({ d: expression }), [full, {}]);
    expect([found!.d, none!.d]).toEqual([expected, empty]);
  });

  it('call functions of the model, and read other decisions', async () => {
    const bkm =
      '<businessKnowledgeModel name="twice plus"><encapsulatedLogic><formalParameter name="n"/><formalParameter name="m"/>' +
      '<literalExpression><text>n * 2 + m</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>';
    const text = dmn({ 'Base Rate': 'twice plus(a, m: 1)'.replace('m: ', ''), total: 'Base Rate + twice plus(m: b, n: 1)' }, bkm);
    expect(await decided(text, [full, { b: 1 }])).toEqual([
      { 'Base Rate': 15, total: 19 },
      { 'Base Rate': null, total: null },
    ]);
  });

  it('tables take null as FEEL does', async () => {
    const row = (cell: string, out: string): string =>
      `<rule><inputEntry><text>${escaped(cell)}</text></inputEntry><outputEntry><text>${out}</text></outputEntry></rule>`;
    const table = (...rows: string[]): string =>
      `<decisionTable hitPolicy="FIRST"><input><inputExpression typeRef="string"><text>status</text></inputExpression></input><output/>${rows.join('')}</decisionTable>`;
    const models = {
      not: table(row('not("new")', '1'), row('-', '2')),
      nothing: table(row('null', '1'), row('-', '2')),
      something: table(row('not(null)', '1'), row('-', '2')),
      expression: table(row('? = Full Name', '1'), row('-', '2')),
    };
    const found = await decided(dmn(models), [{ status: 'new', fullName: 'new' }, { status: 'old' }, {}]);
    expect(found.map(({ not, nothing, something, expression }) => [not, nothing, something, expression])).toEqual([
      [2, 2, 1, 1],
      [1, 2, 1, 2],
      [1, 1, 2, 1],
    ]);
  });
});

describe('refusals name their place', () => {
  it.each([
    ['a + ', 'V7202 this is not FEEL: the expression ends here @<'],
    ['a + c', 'V7002 `d` is not carried over: nothing is named `c` @c'],
    ['a + "x"', 'V7002 `d` is not carried over: `+` beside a text is always null @a + "x"'],
    ['a < "x"', 'V7002 `d` is not carried over: a number is compared with a text, which is always null @a &lt; "x"'],
    ['median(a, b)', 'V7002 `d` is not carried over: the function `median` is not carried over @median(a, b)'],
    ['duration("P1D")', 'V7002 `d` is not carried over: the function `duration` is not carried over @duration("P1D")'],
    ['@"12:00:00"', 'V7002 `d` is not carried over: times without a date are not carried over @@"12:00:00"'],
    ['items[1]', 'V7002 `d` is not carried over: an element of a list by its position is not carried over @items[1]'],
    ['d + 1', 'V7203 the decision `d` needs itself @<decision name="d" id="d_d">'],
  ])('%s', (expression, fault) => {
    expect(faults(dmn({ d: expression }))).toContain(fault);
  });

  it('what reads a refused decision is refused', () => {
    expect(faults(dmn({ d: 'median(a, b)', e: 'd + 1' }))[1]).toBe(
      'V7002 `e` is not carried over: `d` is read, which is not carried over @d',
    );
  });
});

describe('hostile sources', () => {
  const good = dmn({ d: 'if a > 5 then "big" else "small"', e: 'sum(items.unit price)', f: 'not(p) and a in [1..5)' });

  it.each([
    ['', 'V7201 this is not XML: document must contain a root element'],
    ['<a', 'V7201 this is not XML'],
    ['<a></b>', 'V7201 this is not XML'],
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'V7201 the document has a document type @<'],
    [`<!DOCTYPE a [<!ENTITY x "xxxx"><!ENTITY y "${'&x;'.repeat(20)}">]><a>&y;</a>`, 'V7201 the document has a document type @<'],
    ['<a>&nbsp;</a>', 'V7201 this is not XML'],
    ['<html/>', 'V7003 the document is `html` of no namespace'],
    ['<a>'.repeat(300), 'V7201 this is not XML: more than 200 elements'],
  ])('%j', (text, fault) => {
    const found = faults(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(fault);
  });

  it('types that grow without end', () => {
    const grown = Array.from(
      { length: 30 },
      (_, at) =>
        `<itemDefinition name="t${at}">${['x', 'y', 'z'].map((name) => `<itemComponent name="${name}"><typeRef>t${at + 1}</typeRef></itemComponent>`).join('')}</itemDefinition>`,
    );
    const input = '<inputData name="deep"><variable name="deep" typeRef="t0"/></inputData>';
    expect(faults(dmn({ d: 'a' }, input).replace('<inputData', `${grown.join('')}<inputData`)).join()).toContain(
      '`deep` is left out',
    );
  });

  it('functions that grow without end', () => {
    const functions = Array.from(
      { length: 40 },
      (_, at) =>
        `<businessKnowledgeModel name="f${at}"><encapsulatedLogic><formalParameter name="n"/><literalExpression><text>f${at + 1}(n) + f${at + 1}(n)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>`,
    );
    expect(faults(dmn({ d: 'f0(a)' }, functions.join(''))).join()).toContain('`d` is not carried over');
  });

  it('truncated and changed ones give diagnostics, and never a crash', () => {
    const pieces = [
      '<',
      '>',
      '/',
      '"',
      '&',
      '(',
      ')',
      '[',
      ']',
      '..',
      ' and ',
      'not(',
      'for ',
      '?',
      '**',
      'null',
      '}',
      '{',
      '\u0000',
      '\ud800',
    ];
    const change = fc.tuple(fc.nat(good.length), fc.nat(12), fc.constantFrom('', ...pieces));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, cut) => {
        let text = good;
        for (const [at, length, piece] of changes) text = text.slice(0, at) + piece + text.slice(at + length);
        if (cut) text = text.slice(0, changes[0]![0]);
        const { files, diagnostics } = importDmn({ name: 'test.dmn', text }, {});
        for (const { span } of diagnostics) expect(span.start <= span.end && span.end <= text.length).toBe(true);
        if (files.size === 0) expect(diagnostics.length).toBeGreaterThan(0);
      }),
      { seed: testSeed('import-dmn'), numRuns: 1500 },
    );
  });
});
