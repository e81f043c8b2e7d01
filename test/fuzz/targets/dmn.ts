// Models of DMN. Whatever the source: importing it ends, with a bundle or with a reason, and every place lies in the source; what
// is exported of the bundle is a model again.

import { readBundle } from '#src/bundle/read-bundle.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { exportDmn } from '#src/export/dmn/export-dmn.js';
import { importDmn } from '#src/import/dmn/import-dmn.js';
import { must, type Target } from '../lib/target.js';

export function fuzz(data: Uint8Array): void {
  const text = new TextDecoder().decode(data);
  const { files, diagnostics } = importDmn({ name: 'fuzz.dmn', text }, {});
  for (const { span, message } of diagnostics) {
    must(span.start >= 0 && span.start <= span.end && span.end <= text.length, `the place of "${message}"`);
  }
  if (files.size === 0) {
    must(diagnostics.length > 0, 'nothing is imported, and nothing said');
    return;
  }
  const bag = new DiagnosticBag();
  const bundle = readBundle(files, bag);
  must(bundle !== undefined && !bag.hasErrors, `the bundle cannot be read: ${bag.items[0]?.message}`);
  const exported = exportDmn(files).text;
  if (exported === undefined) return; // the model has faults, such as two members that are one
  const again = importDmn({ name: 'again.dmn', text: exported }, {});
  must(!again.diagnostics.some(({ code }) => code === 'V7201' || code === 'V7003'), 'what is exported is no model');
}

const HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m">';
const INPUTS =
  '<inputData name="a"><variable name="a" typeRef="number"/></inputData><inputData name="b c"><variable name="b c" typeRef="string"/></inputData>';
const literal = (name: string, text: string): string =>
  `<decision name="${name}"><literalExpression><text>${text}</text></literalExpression></decision>`;

const SEEDS = [
  `${HEAD}${INPUTS}${literal('d', 'if a &gt; 5 then "x" else b c')}${literal('e', '[d, "y"]')}</definitions>`,
  `${HEAD}${INPUTS}${literal('d', '{x: a ** 2, y: x / 3}')}${literal('f', 'd.y + sum([a, 1])')}</definitions>`,
  `${HEAD}${INPUTS}<decision name="t"><decisionTable hitPolicy="FIRST"><input><inputExpression typeRef="number"><text>a</text></inputExpression></input><output/><rule><inputEntry><text>not(1), [2..3)</text></inputEntry><outputEntry><text>"z"</text></outputEntry></rule><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>b c</text></outputEntry></rule></decisionTable></decision></definitions>`,
  `${HEAD}<itemDefinition name="t" isCollection="true"><itemComponent name="p q"><typeRef>number</typeRef><allowedValues><text>[0..9]</text></allowedValues></itemComponent></itemDefinition><inputData name="l"><variable name="l" typeRef="t"/></inputData>${literal('s', 'some i in l satisfies i.p q = 1')}${literal('m', 'count(l[p q in (1, &gt; 3)])')}</definitions>`,
  `${HEAD}${INPUTS}<businessKnowledgeModel name="f"><encapsulatedLogic><formalParameter name="n"/><literalExpression><text>n + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>${literal('d', 'f(f(a))')}</definitions>`,
];

const TOKENS = [
  ...[
    '<',
    '>',
    '</',
    '/>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&lt;',
    '&amp;',
    '<!DOCTYPE a>',
    'decision',
    'text',
    'name="',
    'context',
  ],
  ...[
    ' and ',
    ' or ',
    'not(',
    'if ',
    ' then ',
    ' else ',
    'for ',
    ' in ',
    ' return ',
    'some ',
    ' satisfies ',
    ' between ',
    '..',
    '**',
  ],
  ...[
    'null',
    'true',
    '"',
    '?',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    ',',
    ':',
    '-',
    '.',
    '1e9',
    '@"2020-01-01"',
    'date(',
    'sum(',
    'a',
    'b c',
  ],
];

export const target: Target = {
  name: 'dmn',
  fuzz,
  isText: true,
  seeds: () => SEEDS,
  dictionary: TOKENS,
  bytesMax: 1500,
};
