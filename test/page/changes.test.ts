// Differences of two versions.

import { describe, expect, it } from 'vitest';
import { changesBetween } from '#src/page/changes.js';
import { sourceOf, type Texts, WHOLE } from './render.js';

/** Lines of what differs after a change of files. */
function check(change: (files: Record<string, string>) => void, expected: string[]): void {
  const files: Record<string, string> = { ...WHOLE };
  change(files);
  const changes = changesBetween(sourceOf(WHOLE), sourceOf(files as Texts));
  expect(
    changes.map(({ group, name, kind, parts }) => {
      const said = parts.map(({ part, was, is }) => `${part}: ${[was, is].filter((text) => text !== undefined).join(' -> ')}`);
      return `${group}: ${name} ${kind}, ${said.join(', ')}`;
    }),
  ).toEqual(expected);
}

const edit =
  (file: string, from: string, to: string) =>
  (files: Record<string, string>): void => {
    expect(files[file]).toContain(from);
    files[file] = files[file]!.replace(from, to);
  };

describe('changes', () => {
  it('are none where only the writing differs', () => {
    check(edit('rules/r.yaml', '- { id: blocked', '# new\n- { id: blocked'), []);
  });

  it('of thresholds and of how it is decided', () => {
    check(edit('bundle.yaml', 'atLeast: 50', 'atLeast: 40'), [
      'Decision: How it is made changed, outcomes: decline at 80, review at 50, approve -> decline at 80, review at 40, approve',
    ]);
    check(edit('bundle.yaml', 'onError: fail', 'onError: review'), ['Decision: How it is made changed, onError: fail -> review']);
  });

  it('of rules', () => {
    check(edit('rules/r.yaml', 'score: 70', 'score: 71'), ['Rules: large changed, score: 70 -> 71']);
    check(edit('rules/r.yaml', 'id: blocked', 'id: refused'), [
      'Rules: refused added, when: note !== null && lists.blocked.includes(note), score: 0, outcome: decline, reason: BLOCKED',
      'Rules: blocked removed, when: note !== null && lists.blocked.includes(note), score: 0, outcome: decline, reason: BLOCKED',
    ]);
  });

  it('of fields', () => {
    check(edit('m.schema.yaml', 'maximum: 1000.5, description: What is paid.', 'maximum: 2000'), [
      'Fields: amount changed, bounds: 0.00 to 1000.50 -> 0.00 to 2000.00, description: What is paid. -> ',
    ]);
  });

  it('of rows, which without ids are what they say', () => {
    check(
      edit(
        'tables/limits.yaml',
        "  - { when: ['amount, FR'",
        "  - { when: [DE, '>= 500'], then: [3, null] }\n  - { when: ['amount, FR'",
      ),
      ['Rows of limits: row 2 added, when: Where DE; amount >= 500, then: rate 3; reason null'],
    );
    check(edit('tables/limits.yaml', "'< 500'", "'< 400'"), [
      'Rows of limits: home changed, when: Where DE; amount < 500 -> Where DE; amount < 400',
    ]);
  });

  it('of features, scorecards, lists and parameters', () => {
    check(edit('features/f.yaml', 'total > 100', 'total > 200'), [
      'Features: size changed, value: "big" where total > 100; "small" -> "big" where total > 200; "small"',
    ]);
    check(edit('scorecards/points.yaml', 'points: 1.5', 'points: 2.5'), [
      'Characteristics of points: age changed, attributes: < 20: 1.5 AGE; else: 10 AGE -> < 20: 2.5 AGE; else: 10 AGE',
    ]);
    check(edit('lists/blocked.yaml', 'maximum: 10', 'maximum: 20'), ['Lists: blocked changed, maximum: 10 -> 20']);
    check(edit('parameters/limits.yaml', '"400.00"', '"500.00"'), ['Parameters: limits.amount changed, default: 400.00 -> 500.00']);
  });
});
