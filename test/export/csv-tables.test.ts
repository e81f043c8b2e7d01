// Tables as CSV for spreadsheets.

import { describe, expect, it } from 'vitest';
import { readBundle } from '#src/bundle/read-bundle.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { csvTables, guarded } from '#src/export/csv-tables.js';
import { filesOf } from '../bundle/files.js';

const FILES = {
  'bundle.yaml': 'name: a\nversion: 1.0.0\nmodel: m.yaml\nonError: review\n',
  'm.yaml': 'type: object\nproperties: { n: { type: number } }\n',
  'tables/t.yaml': `
inputs: [{ value: n, label: Amount }]
outputs: [{ name: rate, type: { decimal: 2 } }, { name: note, type: string }]
rows:
  - { id: low, when: ['< 5'], then: [-0.5, 'a, "b"'], description: small }
  - { when: ['-'], then: [1, '=1+1'] }
`,
};

describe('tables', () => {
  const bundle = readBundle(filesOf(FILES), new DiagnosticBag())!;

  it('have a byte order mark, line ends of Windows, and cells that nothing computes', () => {
    expect(csvTables(bundle, ',')).toEqual([
      {
        name: 't.csv',
        text: '\uFEFFid,Amount,\'-> rate: decimal(2),\'-> note: string,# description\r\nlow,< 5,-0.5,"a, ""b""",small\r\n,-,1,\'=1+1,\r\n',
      },
    ]);
  });

  it('take another separator', () => {
    expect(csvTables(bundle, ';')[0]!.text.split('\r\n')[1]).toBe('low;< 5;-0.5;"a, ""b""";small');
  });
});

it.each([
  ['=SUM(A1)', "'=SUM(A1)"],
  ['+1', "'+1"],
  ['-1+2', "'-1+2"],
  ['@x', "'@x"],
  ['\t=1', "'\t=1"],
  ['-', '-'],
  ['-12.5', '-12.5'],
  ['12', '12'],
  ['a=b', 'a=b'],
])('guards %j', (text, shown) => {
  expect(guarded(text)).toBe(shown);
});
