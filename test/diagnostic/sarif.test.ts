import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '#src/diagnostic/diagnostic.js';
import { toSarif } from '#src/diagnostic/sarif.js';

const files = new Map([['rules/a b.yaml', new TextEncoder().encode('- id: x\n  when: a == 😀b\n')]]);
const span = { file: 'rules/a b.yaml', start: 18, end: 20 };
const full: Diagnostic = {
  code: 'V3143',
  severity: 'error',
  message: '`==` is not allowed',
  advice: 'write `===`',
  span,
  related: [{ message: 'here', span: { file: 'rules/a b.yaml', start: 2, end: 4 } }],
  fix: { span, text: '===' },
};

describe('toSarif', () => {
  it('has a rule for each code, and a result for each diagnostic', () => {
    const bare: Diagnostic = { code: 'V1001', severity: 'warning', message: 'm', span: { file: 'gone.yaml', start: 0, end: 1 } };
    const log = toSarif([full, bare, full], files, '1.2.3') as {
      version: string;
      runs: [
        {
          tool: { driver: { version: string; rules: { id: string }[] } };
          columnKind: string;
          results: { ruleId: string; ruleIndex: number; level: string; message: { text: string }; locations: object[] }[];
        },
      ];
    };
    const [run] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(run.columnKind).toBe('utf16CodeUnits');
    expect(run.tool.driver.version).toBe('1.2.3');
    expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['V1001', 'V3143']);
    expect(run.results.map(({ ruleId, ruleIndex, level }) => [ruleId, ruleIndex, level])).toEqual([
      ['V3143', 1, 'error'],
      ['V1001', 0, 'warning'],
      ['V3143', 1, 'error'],
    ]);
    expect(run.results[0]!.message.text).toBe('`==` is not allowed. write `===`');
    expect(run.results[1]!.locations).toEqual([{ physicalLocation: { artifactLocation: { uri: 'gone.yaml' } } }]);
  });

  it('gives lines and columns from 1, related places and the fix, with the path as a URI', () => {
    const region = { startLine: 2, startColumn: 11, endLine: 2, endColumn: 13 };
    const artifactLocation = { uri: 'rules/a%20b.yaml' };
    expect(toSarif([full], files, '0.0.0')).toMatchObject({
      runs: [
        {
          results: [
            {
              locations: [{ physicalLocation: { artifactLocation, region } }],
              relatedLocations: [
                {
                  id: 0,
                  message: { text: 'here' },
                  physicalLocation: { artifactLocation, region: { startLine: 1, startColumn: 3, endLine: 1, endColumn: 5 } },
                },
              ],
              fixes: [
                {
                  artifactChanges: [
                    { artifactLocation, replacements: [{ deletedRegion: region, insertedContent: { text: '===' } }] },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  });
});
