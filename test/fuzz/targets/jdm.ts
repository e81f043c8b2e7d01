// Graphs of GoRules JDM: importing ends, with a bundle that can be read or with a reason, and every place lies in the source.

import { importJdm } from '#src/import/jdm/jdm.js';
import { mustImport } from '../lib/imported.js';
import type { Target } from '../lib/target.js';

export function fuzz(data: Uint8Array): void {
  mustImport(importJdm, 'fuzz.json', new TextDecoder().decode(data));
}

/** A graph of one node between request and response. */
const graph = (type: string, content: string): string =>
  `{"nodes":[{"id":"r","type":"inputNode","name":"r"},{"id":"n","type":"${type}","name":"n","content":${content}},{"id":"s","type":"outputNode","name":"s"}],"edges":[{"id":"a","sourceId":"r","targetId":"n"},{"id":"b","sourceId":"n","targetId":"s"}]}`;
const expression = (text: string, more = ''): string =>
  graph('expressionNode', `{"expressions":[{"id":"x","key":"k","value":${JSON.stringify(text)}}]${more}}`);

const SEEDS = [
  expression('a > 5 ? b + 1 : c ?? 2'),
  expression("sum(map(items, #.price * #.count)) / 3 + len('x' + name)"),
  expression("x in [1..9) and not (y in ['a', 'b'])", ',"passThrough":true'),
  expression('price * 2', ',"executionMode":"loop","inputField":"items","outputPath":"out"'),
  expression("date(at) > d('2024-01-01') ? `t ${name}` : $nodes.r.z"),
  graph(
    'decisionTableNode',
    '{"hitPolicy":"first","inputs":[{"id":"i","name":"i","field":"a"},{"id":"j","name":"j"}],"outputs":[{"id":"o","name":"o","field":"r.s"}],"rules":[{"_id":"1","i":"> 5, [1..3]","j":"b == \'x\'","o":"\'y\' + c"},{"_id":"2","i":"","j":"","o":"{v: 1}"}]}',
  ),
  graph(
    'decisionTableNode',
    '{"hitPolicy":"collect","passThrough":true,"inputs":[{"id":"i","name":"i","field":"a"}],"outputs":[{"id":"o","name":"o","field":"r"}],"rules":[{"_id":"1","i":"\'x\', \'y\'","o":"a"}]}',
  ),
  graph('switchNode', '{"hitPolicy":"first","statements":[{"id":"n","condition":"a > 1"},{"id":"","condition":""}]}'),
];

const TOKENS = [
  ...[
    '"nodes":[',
    '"edges":[',
    '"type":"',
    'inputNode',
    'switchNode',
    'functionNode',
    '"content":',
    '"hitPolicy":"collect"',
    '"rules":[',
  ],
  ...[
    '"passThrough":true',
    '"inputField":"',
    '"outputPath":"',
    '"executionMode":"loop"',
    '"field":"',
    '"key":"',
    '"value":"',
    '"sourceHandle":"',
  ],
  ...[
    ' and ',
    ' or ',
    'not ',
    ' in ',
    ' ? ',
    ' : ',
    ' ?? ',
    '..',
    '**',
    '==',
    '#',
    '$',
    '$nodes.',
    '$root',
    '[0]',
    "'",
    '`${',
    'map(',
    'filter(',
  ],
  ...[
    'sum(',
    'some(',
    'date(',
    'd(',
    'len(',
    'contains(',
    'string(',
    'number(',
    'rand(',
    'null',
    'true',
    '1e99',
    '0.1',
    '__proto__',
    '.',
  ],
  ...['(', ')', '[', ']', '{', '}', ',', ':', '\\"', '\\u0000'],
];

export const target: Target = { name: 'jdm', fuzz, isText: true, seeds: () => SEEDS, dictionary: TOKENS, bytesMax: 1800 };
