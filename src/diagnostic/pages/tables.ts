// V41xx: tables and scorecards. V420x: what is proven of tables.

import type { DiagnosticCode } from '../codes.js';
import { EXAMPLE_HEAD } from './base.js';
import { type Example, files, type Pages, ruleText } from './page.js';

/** A table in CSV, and a rule that reads what it gives. */
function csv(lines: readonly string[], condition = 'limits.rate === 2', ...also: DiagnosticCode[]): Example {
  return files({ 'tables/limits.csv': `${lines.join('\n')}\n`, 'rules/example.yaml': ruleText(condition) }, ...also);
}

/** The same in YAML. */
function yaml(lines: readonly string[], condition = 'limits.rate === 2', ...also: DiagnosticCode[]): Example {
  return files({ 'tables/limits.yaml': `${lines.join('\n')}\n`, 'rules/example.yaml': ruleText(condition) }, ...also);
}

/** A scorecard. */
function card(lines: readonly string[], ...also: DiagnosticCode[]): Example {
  return files({ 'scorecards/credit.yaml': `${lines.join('\n')}\n`, 'rules/example.yaml': ruleText('credit.score < 20') }, ...also);
}

const HOURS = ['characteristics:', '  - name: hours', '    input: hour', '    reason: AT_NIGHT', '    attributes:'];
const FIRST_HEAD = EXAMPLE_HEAD.replace('combine: score', 'combine: first').replace(/ +- \{ atLeast.*\n/, '');

export const TABLE_PAGES: Pages = {
  V4100: {
    why: 'The file is read as CSV of RFC 4180: cells with commas, quotes or line ends stand in quotes, and quotes in them stand twice.',
    wrong: csv(['hour,-> rate', '"[0..11],1', '[12..23],2'], 'vip'),
    right: csv(['hour,-> rate', '[0..11],1', '[12..23],2']),
  },
  V4101: {
    why: 'Every column is an input, an output (`-> name`), `id` or a comment (`#`). One that is none of these would be left out without a word.',
    wrong: yaml(['inputs: [hour]', 'outputs: [rate]', 'rows:', '  - { when: ["< 12"], then: { rates: 1 } }', '  - { then: [2] }']),
    right: yaml(['inputs: [hour]', 'outputs: [rate]', 'rows:', '  - { when: ["< 12"], then: { rate: 1 } }', '  - { then: [2] }']),
    fix: true,
  },
  V4102: {
    why: 'A table tests inputs and gives outputs, row by row. Without one of them it says nothing.',
    wrong: csv(['hour', '[0..11]', '[12..23]'], 'vip'),
    right: csv(['hour,-> rate', '[0..11],1', '[12..23],2']),
  },
  V4103: {
    why: 'A row with a cell too few or too many has most likely slipped: what follows would be read in the wrong column.',
    wrong: csv(['hour,-> rate,-> limit', '[0..11],1', '-,2,500']),
    right: csv(['hour,-> rate,-> limit', '[0..11],1,100', '-,2,500']),
  },
  V4104: {
    why: 'The range ends before it begins, so that no value lies in it.',
    wrong: csv(['hour,-> rate', '[11..0],1', '-,2']),
    right: csv(['hour,-> rate', '[0..11],1', '-,2']),
  },
  V4105: {
    why: 'A cell holds tests of its input: a value, a range such as `[1..5]`, a comparison such as `>= 5`, `not(...)`, several of them with commas, or `-` for any value.',
    wrong: csv(['hour,-> rate', '[12..],1', '-,2']),
    right: csv(['hour,-> rate', '>= 12,1', '-,2']),
  },
  V4106: {
    why: 'Cells test single values. Of an object or a list the input has to say what is asked.',
    wrong: csv(['items,-> rate', '> 5,1', '-,2']),
    right: csv(['items.length,-> rate', '> 5,1', '-,2']),
  },
  V4107: {
    why: 'The value is not what its column holds: a value of the declared type, an outcome, a score or a reason code.',
    wrong: csv(['hour,-> outcome,-> reason', '[0..5],refuse,AT_NIGHT'], 'vip'),
    right: csv(['hour,-> outcome,-> reason', '[0..5],decline,AT_NIGHT'], 'vip'),
  },
  V4108: {
    why: 'Scores, outcomes and reasons of rows become rules of the bundle, whose order and text are fixed when it is published.',
    wrong: csv(['hour,-> score,-> reason', '[0..5],risk * 100,AT_NIGHT'], 'vip'),
    right: csv(['hour,-> score,-> reason', '[0..5],100,AT_NIGHT'], 'vip'),
  },
  V4109: {
    why: 'Which row counts where several match has to follow from the table: by the importance of the values that it lists, for instance.',
    wrong: yaml([
      'hitPolicy: priority',
      'inputs: [hour]',
      'outputs: [rate]',
      'rows:',
      '  - { when: ["< 12"], then: [1] }',
      '  - { then: [2] }',
    ]),
    right: yaml([
      'hitPolicy: priority',
      'inputs: [hour]',
      'outputs:',
      '  - { name: rate, values: [1, 2] }',
      'rows:',
      '  - { when: ["< 12"], then: [1] }',
      '  - { then: [2] }',
    ]),
  },
  V4110: {
    why: 'Outputs are read by their names, so that each has its own.',
    wrong: csv(['hour,-> rate,-> rate', '[0..11],1,2', '-,3,4']),
    right: csv(['hour,-> rate,-> limit', '[0..11],1,2', '-,3,4']),
  },
  V4111: {
    why: 'The column lists the values that it may have, the most important first. A value that is not listed has no place among them.',
    wrong: yaml([
      'hitPolicy: priority',
      'inputs: [hour]',
      'outputs:',
      '  - { name: rate, values: [2, 1] }',
      'rows:',
      '  - { when: ["< 12"], then: [3] }',
      '  - { then: [2] }',
    ]),
    right: yaml([
      'hitPolicy: priority',
      'inputs: [hour]',
      'outputs:',
      '  - { name: rate, values: [3, 2] }',
      'rows:',
      '  - { when: ["< 12"], then: [3] }',
      '  - { then: [2] }',
    ]),
  },
  V4112: {
    why: 'A sum, a least or a largest value is taken of numbers, of all rows that match: with `hitPolicy: collect`.',
    wrong: yaml([
      'aggregate: sum',
      'inputs: [hour]',
      'outputs: [rate]',
      'rows:',
      '  - { when: ["< 12"], then: [1] }',
      '  - { then: [2] }',
    ]),
    right: yaml([
      'hitPolicy: collect',
      'aggregate: sum',
      'inputs: [hour]',
      'outputs: [rate]',
      'rows:',
      '  - { when: ["< 12"], then: [1] }',
      '  - { then: [2] }',
    ]),
  },
  V4113: {
    why: 'A word in a cell is a text, unless something has it for a name. Where both could be meant the cell has to say which.',
    wrong: csv(['note,-> rate', 'country,1', '-,2']),
    right: csv(['note,-> rate', '"""country""",1', '-,2']),
  },
  V4150: {
    why: 'Characteristics are named in reasons and explanations, where each has to be told from the others.',
    wrong: card([
      ...HOURS,
      '      - { when: "< 6", points: 10 }',
      '      - { points: 30 }',
      '  - name: hours',
      '    input: risk',
      '    attributes:',
      '      - { points: 0 }',
    ]),
    right: card([
      ...HOURS,
      '      - { when: "< 6", points: 10 }',
      '      - { points: 30 }',
      '  - name: risk',
      '    input: risk',
      '    attributes:',
      '      - { points: 0 }',
    ]),
  },
  V4152: {
    why: 'Points of a decimal score are exact. One with more digits after the point than the score has would have to be rounded.',
    wrong: card(['type: { decimal: 1 }', ...HOURS, '      - { when: "< 6", points: 10.25 }', '      - { points: 30 }']),
    right: card(['type: { decimal: 2 }', ...HOURS, '      - { when: "< 6", points: 10.25 }', '      - { points: 30 }']),
  },
  V4153: {
    why: 'Attributes are tried from the top. Behind one that takes everything no other ever counts.',
    wrong: card([...HOURS, '      - { points: 30 }', '      - { when: "< 6", points: 10 }']),
    right: card([...HOURS, '      - { when: "< 6", points: 10 }', '      - { points: 30 }']),
  },
  V4154: {
    why: 'Points are added up. Where the first rule that holds decides alone they would have no effect.',
    wrong: files({
      'bundle.yaml': FIRST_HEAD,
      'scorecards/credit.yaml': `contributes: true\n${HOURS.join('\n')}\n      - { when: "< 6", points: 10 }\n      - { points: 30 }\n`,
      'rules/example.yaml': '- { id: low, when: credit.score < 20, then: { outcome: decline, reason: LOW } }\n',
    }),
    right: files({
      'bundle.yaml': FIRST_HEAD,
      'scorecards/credit.yaml': `${HOURS.join('\n')}\n      - { when: "< 6", points: 10 }\n      - { points: 30 }\n`,
      'rules/example.yaml': '- { id: low, when: credit.score < 20, then: { outcome: decline, reason: LOW } }\n',
    }),
  },
  V4200: {
    why: 'For some inputs no row matches. A table that must always give a value has a gap there; the message shows a payload that falls into it.',
    wrong: yaml([
      'complete: true',
      'inputs: [hour]',
      'outputs: [rate]',
      'rows:',
      '  - { when: ["[0..11]"], then: [1] }',
      '  - { when: ["[13..23]"], then: [2] }',
    ]),
    right: yaml([
      'complete: true',
      'inputs: [hour]',
      'outputs: [rate]',
      'rows:',
      '  - { when: ["[0..11]"], then: [1] }',
      '  - { when: ["[12..23]"], then: [2] }',
    ]),
  },
  V4201: {
    why: 'With `hitPolicy: unique` one row at most may match, and with `any` all that match must agree. The message shows a payload for which that is not so.',
    wrong: yaml([
      'hitPolicy: unique',
      'inputs: [hour]',
      'outputs: [rate]',
      'rows:',
      '  - { when: ["[0..12]"], then: [1] }',
      '  - { when: ["[12..23]"], then: [2] }',
    ]),
    right: yaml([
      'hitPolicy: unique',
      'inputs: [hour]',
      'outputs: [rate]',
      'rows:',
      '  - { when: ["[0..11]"], then: [1] }',
      '  - { when: ["[12..23]"], then: [2] }',
    ]),
  },
  V4202: {
    why: 'Rows before it take all inputs that it matches, so that it never counts.',
    wrong: csv(['hour,-> rate', '[0..11],1', '[6..8],3', '-,2']),
    right: csv(['hour,-> rate', '[6..8],3', '[0..11],1', '-,2']),
  },
  V4203: {
    why: 'No value that the model allows is in the cell, or the cells of the row exclude one another.',
    wrong: csv(['hour,-> rate', '> 30,1', '-,2']),
    right: csv(['hour,-> rate', '> 20,1', '-,2']),
  },
  V4204: {
    why: 'A later row takes all inputs of this one, with the same outputs. Without it the table gives the same.',
    wrong: csv(['hour,-> rate', '[0..5],2', '-,2']),
    right: csv(['hour,-> rate', '[0..5],1', '-,2']),
  },
  V4205: {
    why: 'A column that takes everything in every row tests nothing.',
    wrong: csv(['hour,vip,-> rate', '[0..11],-,1', '-,-,2']),
    right: csv(['hour,vip,-> rate', '[0..11],true,1', '-,-,2']),
  },
  V4209: {
    why: 'Gaps and overlaps are proven where cells are ranges, sets and comparisons with fixed values. What cells with expressions take is not fully known.',
    wrong: yaml([
      'hitPolicy: unique',
      'inputs: [hour]',
      'outputs: [rate]',
      'rows:',
      '  - { when: ["value * 2 > risk"], then: [1] }',
      '  - { when: ["value * 2 <= risk"], then: [2] }',
    ]),
    right: yaml([
      'hitPolicy: unique',
      'inputs: ["hour * 2 > risk"]',
      'outputs: [rate]',
      'rows:',
      '  - { when: [true], then: [1] }',
      '  - { when: [false], then: [2] }',
    ]),
  },
};
