// Expectations written into tests: the text afterwards, whole.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ExpectUpdate, updateTests } from '#src/testing/update-tests.js';
import { testSeed } from '../lib/model.js';

const score = (value: unknown, test = 0): ExpectUpdate => ({ test, path: ['score'], value });

/** What a document of one test becomes. */
function check(before: string, update: ExpectUpdate | readonly ExpectUpdate[], after: string | undefined, isJson = false): void {
  expect(updateTests(before, [update].flat() as ExpectUpdate[], isJson)).toBe(after);
}

const HEAD = '# why\n- name: a # the first\n  payload: {}\n';

describe('an expectation', () => {
  it('is replaced where it stands', () => {
    check(
      `${HEAD}  expect: { score: 1, outcome: review } # so\n`,
      score(2),
      `${HEAD}  expect: { score: 2, outcome: review } # so\n`,
    );
    check(`${HEAD}  expect:\n    score: 1   # one\n`, score(2), `${HEAD}  expect:\n    score: 2   # one\n`);
    check(`${HEAD}  expect:\n    "score": '1'\n`, score(2.5), `${HEAD}  expect:\n    "score": 2.5\n`);
    check(`${HEAD}  expect:\n    score:\n`, score(2), `${HEAD}  expect:\n    score: 2\n`);
  });

  it('in block style becomes flow style on the line of its key', () => {
    check(
      `${HEAD}  expect:\n    reasons: # two\n      - A\n      - B\n    score: 1\n`,
      { test: 0, path: ['reasons'], value: ['C'] },
      `${HEAD}  expect:\n    reasons: [C]\n    score: 1\n`,
    );
    check(
      `${HEAD}  expect:\n    outcome: |\n      approve\n    score: 1\n`,
      { test: 0, path: ['outcome'], value: null },
      `${HEAD}  expect:\n    outcome: null\n    score: 1\n`,
    );
  });

  it('is added behind the others', () => {
    check(`${HEAD}  expect: { outcome: review }\n`, score(2), `${HEAD}  expect: { outcome: review, score: 2 }\n`);
    check(
      `${HEAD}  expect:\n    outcome: review # yes\n\n# the end\n`,
      score(2),
      `${HEAD}  expect:\n    outcome: review # yes\n    score: 2\n\n# the end\n`,
    );
    check(
      `${HEAD}  expect:\n    reasons:\n      - A # one\n- name: b\n  payload: {}\n  expect: { score: 1 }\n`,
      score(2),
      `${HEAD}  expect:\n    reasons:\n      - A # one\n    score: 2\n- name: b\n  payload: {}\n  expect: { score: 1 }\n`,
    );
    check(`${HEAD}  expect: {}`, score(2), `${HEAD}  expect: {score: 2}`);
    check(
      `- name: a\r\n  payload: {}\r\n  expect:\r\n    score: 1\r\n`,
      { test: 0, path: ['status'], value: 'OK' },
      `- name: a\r\n  payload: {}\r\n  expect:\r\n    score: 1\r\n    status: OK\r\n`,
    );
  });

  it('is made where there is none', () => {
    check(HEAD, score(2), `${HEAD}  expect: { score: 2 }\n`);
    check(
      '- { name: a, payload: {} }\n',
      [
        { test: 0, path: ['outcome'], value: 'review' },
        { test: 0, path: ['reasons'], value: ['A', 'ON'] },
      ],
      '- { name: a, payload: {}, expect: { outcome: review, reasons: [A, "ON"] } }\n',
    );
    check(
      `${HEAD}  expect: { score: 1 }\n`,
      { test: 0, path: ['outputs', 'fee total'], value: { a: [1, null] } },
      `${HEAD}  expect: { score: 1, outputs: { "fee total": { a: [1, null] } } }\n`,
    );
  });

  it('is spelled as JSON in JSON', () => {
    check(
      '[{"name":"a","payload":{},"expect":{"score":1}}]',
      score('x'),
      '[{"name":"a","payload":{},"expect":{"score":"x"}}]',
      true,
    );
    check(
      '[{"name":"a","payload":{}}]',
      { test: 0, path: ['reasons'], value: ['A'] },
      '[{"name":"a","payload":{}, "expect": { "reasons": ["A"] }}]',
      true,
    );
  });

  it('that another test shares is refused', () => {
    const shared = '- name: a\n  payload: {}\n  expect: &one { score: 1 }\n- name: b\n  payload: {}\n  expect: *one\n';
    check(shared, score(2), undefined);
    check(shared, score(2, 1), undefined);
    // all of it is replaced
    check(
      '- name: a\n  payload: &p {}\n  expect: { outputs: *p }\n',
      { test: 0, path: ['outputs'], value: {} },
      '- name: a\n  payload: &p {}\n  expect: { outputs: {} }\n',
    );
  });

  it('of any value is read back, and nothing else changes', () => {
    const text = fc.string({ unit: 'grapheme' });
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(text),
      fc.dictionary(text, fc.boolean(), { noNullPrototype: true }),
    );
    const styles = [
      '- name: x\n  payload: { a: 1 }\n  # before\n  expect:\n    reasons:\n      - A\n    score: 1 # one\n  # after\n- name: y\n  payload: {}\n',
      '- { name: x, payload: { a: 1 }, expect: { score: 1, reasons: [A] } }\n- name: y\n  payload: {}\n',
      '- name: x\n  payload: { a: 1 }\n- name: y\n  payload: {}\n',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...styles), fc.constantFrom('score', 'reasons', 'status'), value, (style, part, next) => {
        const after = updateTests(style, [{ test: 0, path: [part], value: next }], false);
        const expected = parse(style) as Record<string, Record<string, unknown>>[];
        const [first] = expected;
        first!.expect = { ...first!.expect, [part]: next };
        expect(parse(after ?? '')).toEqual(expected);
        for (const [comment] of style.matchAll(/# \w+/g)) expect(after).toContain(comment);
      }),
      { seed: testSeed('update-tests') },
    );
  });
});
