// Expressions of CEL, in a file of one and in documents: importing ends, with a bundle that can be read or with a reason, and every
// place lies in the source.

import { importCel } from '#src/import/cel/import-cel.js';
import { mustImport } from '../lib/imported.js';
import type { Target } from '../lib/target.js';

export function fuzz(data: Uint8Array): void {
  const text = new TextDecoder().decode(data);
  mustImport(importCel, text.startsWith('variables:') ? 'fuzz.cel.yaml' : 'fuzz.cel', text);
}

const VARIABLES =
  '// @var n: int(0, 9)\n// @var d: double\n// @var s: string(9)\n// @var o?: string | null\n// @var t: timestamp\n// @var l: list({ p: double, u?: uint }, 4)\n';

const SEEDS = [
  `${VARIABLES}n / 2 > 1 && d < 2.5 || s.startsWith("a")`,
  `${VARIABLES}l.exists(i, has(i.u) && i.p > d) ? n + 1 : -n`,
  `${VARIABLES}// @output a.b\nl.map(i, i.p * 2.0)`,
  `${VARIABLES}s.matches("^[a-c]+\\\\d{2}$") && t.getHours("-08:00") < 6`,
  '{"a": [1, 2u, 3.5e1].map(x, x), r"b\\n": b"\\xff", 0x1F: optional.of(1).orValue(2)}',
  '"%s %.2f".format(["x", 1.5]) + "a-b".split("-")[0] + string(timestamp("2024-02-29T00:00:00Z") + duration("1h30m"))',
  'cel.bind(x, math.greatest(1, 2), [x, x].all(y, y == x))',
  'variables:\n  n: int\n  e: enum("a", "b")\nexpressions:\n  x: n > 1\n  y.z: \'e == "a"\'\n',
];

const TOKENS = [
  ...[
    '// @var ',
    '// @output ',
    '// @description ',
    'variables:',
    'expressions:',
    'model:',
    ': int(',
    ' | null',
    'enum("',
    'list(',
  ],
  ...['&&', '||', ' ? ', ' : ', '==', '!=', '<=', ' in ', '!', '-', '%', '.exists(i, ', '.all(', '.map(', '.filter(', 'has('],
  ...[
    'cel.bind(',
    'optional.',
    '.orValue(',
    '[?',
    '.?',
    'timestamp("',
    'duration("',
    'matches("',
    'format([',
    'size(',
    'int(',
    'uint(',
  ],
  ...[
    '9223372036854775807',
    '0x',
    '1u',
    '1e309',
    'null',
    'true',
    "'''",
    '"""',
    'r"',
    'b"',
    '\\u',
    '\\x',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
  ],
];

export const target: Target = { name: 'cel', fuzz, isText: true, seeds: () => SEEDS, dictionary: TOKENS, bytesMax: 1000 };
