import { expect, it } from 'vitest';
import { disassemble } from '#src/compiler/disassemble.js';
import { checked, loadProgram } from './standard-world.js';

// A condition and the program that hits where it holds; registers by number.
const programs: [string, string[]][] = [
  [
    'items.some(i => i.sku === t)',
    [
      'FOR r2, r1 -> 5',
      'ELEMENT r3, r1, r2',
      'FIELD r4, r3, field 37',
      'TEXT_EQ r4, r0 -> 6',
      'NEXT r2, r1 -> 1',
      'JUMP -> 7',
      'HIT 0',
      'END',
    ],
  ],
  [
    'items.some(i => i.label !== null)',
    [
      'FOR r1, r0 -> 4',
      'ELEMENT r2, r0, r1',
      'IF_FIELD_NOT_NULL r2, field 38 -> 5',
      'NEXT r1, r0 -> 1',
      'JUMP -> 6',
      'HIT 0',
      'END',
    ],
  ],
  [
    's.split(t).every(x => x === s)',
    ['FOR_PIECE r2, r0, r1 -> 4', 'PIECE r3, r0, r2', 'TEXT_NE r3, r0 -> 5', 'NEXT_PIECE r2, r0, r1 -> 1', 'HIT 0', 'END'],
  ],
  ['tags.length > 2', ['COUNT r1, r0', 'F64_NOT_GT_I r1, 2 -> 3', 'HIT 0', 'END']],
  ['s.indexOf(t, n) === 1', ['CALL r3, TEXT_INDEX_OF, r1, r2, r0', 'F64_NOT_EQ_I r3, 1 -> 3', 'HIT 0', 'END']],
  ['at.hour("UTC") === 1', ['CALL r1, TIME_HOUR, r0, literal 0', 'F64_NOT_EQ_I r1, 1 -> 3', 'HIT 0', 'END']],
  [
    'amount % 7 === 1',
    [
      'WIDEN r1, r0',
      'CONST r3, 700',
      'CONST r4, 0',
      'CALL r5, DECIMAL_REMAINDER, r1, r3',
      'NARROW r7, r5',
      'I64_NE_I r7, 100 -> 7',
      'HIT 0',
      'END',
    ],
  ],
];

it.each(programs)('%s', (source, lines) => {
  const { code, constants, registers } = loadProgram([], [checked(source)], false);
  const shown = disassemble(code, { registers: registers.descriptors, constants })
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^\d+ +/, '')
        .replace(/ +/g, ' '),
    );
  expect(shown).toEqual(lines);
});

it('shows damaged code, too', () => {
  const code = new Uint8Array(32).fill(255);
  expect(disassemble(code)).toContain('op65535');
  expect(disassemble(new Uint8Array(7))).toBe('');
});
