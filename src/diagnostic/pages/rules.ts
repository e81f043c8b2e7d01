// V40xx: rules and decisions. V422x: what is proven of rules.

import type { DiagnosticCode } from '../codes.js';
import { EXAMPLE_HEAD } from './base.js';
import { type Example, files, type Pages, when } from './page.js';

/** A bundle.yaml that decides so. */
function head(decide: string): string {
  return `${EXAMPLE_HEAD.slice(0, EXAMPLE_HEAD.indexOf('decide:'))}decide:\n${decide.replaceAll(/^/gm, '  ')}\n`;
}

const WITHOUT_DECIDE = EXAMPLE_HEAD.slice(0, EXAMPLE_HEAD.indexOf('decide:'));
const LARGE_OUTPUT = '- { name: large, value: amount > 5000 }\n';

/** A list of rules. */
function rules(texts: readonly string[], ...also: DiagnosticCode[]): Example {
  return files({ 'rules/example.yaml': `${texts.join('\n')}\n` }, ...also);
}

const FIRST = 'combine: first\noutcomes:\n  - { outcome: approve }';

export const RULE_PAGES: Pages = {
  V4001: {
    why: 'The id of a rule stands in decisions, statistics and explanations, where it has to name one rule.',
    wrong: rules([
      '- { id: large, when: amount > 5000, then: { score: 100, reason: LARGE } }',
      '- { id: large, when: amount > 9000, then: { score: 100, reason: VERY_LARGE } }',
    ]),
    right: rules([
      '- { id: large, when: amount > 5000, then: { score: 100, reason: LARGE } }',
      '- { id: very-large, when: amount > 9000, then: { score: 100, reason: VERY_LARGE } }',
    ]),
  },
  V4002: {
    why: 'Outcomes are tried from the top: behind a lower threshold a higher one is never reached.',
    wrong: files({
      'bundle.yaml': head(
        'combine: score\noutcomes:\n  - { atLeast: 50, outcome: review }\n  - { atLeast: 100, outcome: decline }\n  - { outcome: approve }',
      ),
    }),
    right: files({
      'bundle.yaml': head(
        'combine: score\noutcomes:\n  - { atLeast: 100, outcome: decline }\n  - { atLeast: 50, outcome: review }\n  - { outcome: approve }',
      ),
    }),
  },
  V4003: {
    why: 'The last outcome holds where no threshold is reached, so that every payload gets one.',
    wrong: files({ 'bundle.yaml': head('combine: score\noutcomes:\n  - { atLeast: 100, outcome: decline }') }),
    right: files({
      'bundle.yaml': head('combine: score\noutcomes:\n  - { atLeast: 100, outcome: decline }\n  - { outcome: approve }'),
    }),
  },
  V4004: {
    why: 'Where one rule decides alone, or the most severe outcome does, a rule without an outcome would decide nothing.',
    wrong: files({
      'bundle.yaml': head(FIRST),
      'rules/example.yaml': '- { id: large, when: amount > 5000, then: { reason: LARGE } }\n',
    }),
    right: files({
      'bundle.yaml': head(FIRST),
      'rules/example.yaml': '- { id: large, when: amount > 5000, then: { outcome: review, reason: LARGE } }\n',
    }),
  },
  V4005: {
    why: 'Thresholds are compared with the sum of the scores, which decides with `combine: score` only.',
    wrong: files({
      'bundle.yaml': head('combine: first\noutcomes:\n  - { atLeast: 100, outcome: decline }\n  - { outcome: approve }'),
      'rules/example.yaml': '- { id: large, when: amount > 5000, then: { outcome: review, reason: LARGE } }\n',
    }),
    right: files({
      'bundle.yaml': head(FIRST),
      'rules/example.yaml': '- { id: large, when: amount > 5000, then: { outcome: review, reason: LARGE } }\n',
    }),
  },
  V4006: {
    why: 'Whoever is declined or looked at will be told why. A rule that counts against a payment should say its reason.',
    wrong: rules(['- { id: large, when: amount > 5000, then: { score: 100 } }']),
    right: rules(['- { id: large, when: amount > 5000, then: { score: 100, reason: LARGE } }']),
  },
  V4007: {
    why: 'Without rules every payload would get the same outcome, which is most often a folder with another name than `rules`.',
    wrong: files({ 'rules/example.yaml': null }),
    right: rules(['- { id: large, when: amount > 5000, then: { score: 100, reason: LARGE } }']),
  },
  V4008: {
    why: 'A condition is true or false. Of a number or a text the rule has to say what is asked.',
    wrong: when('amount'),
    right: when('amount > 5000'),
  },
  V4009: {
    why: 'All rules together give less than the threshold, so that its outcome is never reached.',
    wrong: rules(['- { id: large, when: amount > 5000, then: { score: 60, reason: LARGE } }']),
    right: rules([
      '- { id: large, when: amount > 5000, then: { score: 60, reason: LARGE } }',
      '- { id: at-night, when: hour < 6, then: { score: 40, reason: AT_NIGHT } }',
    ]),
  },
  V4010: {
    why: 'Two rules hold for the same payloads, so that their scores count twice. Most often one was copied to be changed.',
    wrong: rules([
      '- { id: large, when: amount > 5000, then: { score: 60, reason: LARGE } }',
      '- { id: very-large, when: amount > 5000, then: { score: 40, reason: VERY_LARGE } }',
    ]),
    right: rules([
      '- { id: large, when: amount > 5000, then: { score: 60, reason: LARGE } }',
      '- { id: very-large, when: amount > 9000, then: { score: 40, reason: VERY_LARGE } }',
    ]),
  },
  V4011: {
    why: 'A bundle may leave out `decide`: its decisions then have outputs and no outcome, and rules would have no effect.',
    wrong: files({ 'bundle.yaml': WITHOUT_DECIDE, 'outputs.yaml': LARGE_OUTPUT }),
    right: files({ 'bundle.yaml': WITHOUT_DECIDE, 'outputs.yaml': LARGE_OUTPUT, 'rules/example.yaml': null }),
  },
  V4220: {
    why: 'No payload that the model allows makes the condition true. The message names the part, or the two parts, that cannot be.',
    wrong: when('hour < 6 && hour > 22'),
    right: when('hour < 6 || hour > 22'),
  },
  V4221: {
    why: 'Every payload makes the condition true, so that the rule tells none apart.',
    wrong: when('hour < 12 || hour > 6'),
    right: when('hour < 6 || hour > 12'),
  },
  V4222: {
    why: 'With `combine: first` the first rule that holds decides. Whenever this one holds, another before it does too.',
    wrong: files({
      'bundle.yaml': head(FIRST),
      'rules/example.yaml':
        '- { id: large, when: amount > 5000, then: { outcome: review, reason: LARGE } }\n- { id: very-large, when: amount > 9000, then: { outcome: decline, reason: VERY_LARGE } }\n',
    }),
    right: files({
      'bundle.yaml': head(FIRST),
      'rules/example.yaml':
        '- { id: very-large, when: amount > 9000, then: { outcome: decline, reason: VERY_LARGE } }\n- { id: large, when: amount > 5000, then: { outcome: review, reason: LARGE } }\n',
    }),
  },
};
