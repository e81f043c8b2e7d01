// A rule that reads a parameter decides as the rule with the value written into it, byte for byte but for what names the two.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { createEngine } from '#src/engine.js';
import type { ParameterValue } from '#src/image/manifest.js';
import { testSeed } from '../lib/model.js';
import { parameterBundle } from '../lib/parameter-bundle.js';

const NAMES = ['reviewAbove', 'riskMax', 'isOpen', 'domain', 'channel', 'from'] as const;
type Values = Record<(typeof NAMES)[number], ParameterValue>;

const CONDITIONS = [
  'amount > P.reviewAbove',
  'amount * 3 - P.reviewAbove < P.reviewAbove + 0.05',
  'amount === P.reviewAbove || !P.isOpen',
  'divide(amount, 7, 4, "half-even") > P.reviewAbove',
  '(risk ?? P.riskMax) >= P.riskMax',
  'risk !== null && Math.sqrt(risk) * P.riskMax > 0.25',
  'P.isOpen ? amount > 1000 : amount < P.reviewAbove',
  'email !== null && email.endsWith(P.domain)',
  'email !== null && email.includes(P.domain.toUpperCase().toLowerCase())',
  '`${email ?? "none"}${P.domain}`.length > 12',
  'email !== null && email < P.domain',
  'channel !== null && channel === P.channel',
  'channel === null || [P.channel, "branch"].includes(channel)',
  'at < P.from',
  'at.year("UTC") >= P.from.year("UTC") && at.secondsSince(P.from) > 3600',
];

const cents = (max: number) => fc.integer({ min: 0, max }).map((value) => (value / 100).toFixed(2));
const micros = fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }).map((seconds) => new Date(seconds * 1000).toISOString());
const texts = fc.constantFrom('', '@x.com', 'é', '😀', 'a@x.com', 'X', '\u{10ffff}', 'a"b\\');
const values: fc.Arbitrary<Values> = fc.record({
  reviewAbove: fc.oneof(cents(100_000_000), fc.constantFrom('0.00', '1000000.00', '600.00')),
  riskMax: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5)),
  isOpen: fc.boolean(),
  domain: texts,
  channel: fc.constantFrom('web', 'app', 'branch'),
  from: micros,
});
const payloads = fc.array(
  fc.record(
    {
      amount: cents(100_000_000).map(Number),
      at: micros,
      risk: fc.double({ min: 0, max: 1, noNaN: true }),
      channel: fc.constantFrom('web', 'app', 'branch'),
      email: fc.oneof(texts, fc.constantFrom('b@X.COM', 'z@x.com')),
    },
    { requiredKeys: ['amount', 'at'] },
  ),
  { minLength: 20, maxLength: 20 },
);

/** A value as an author writes it into a rule; a timestamp and a member stand beside something that has the type. */
function literal(name: keyof Values, value: ParameterValue): string {
  return name === 'reviewAbove' ? String(value) : JSON.stringify(value);
}

function bundle(write: (name: keyof Values) => string, isConstant: boolean): Uint8Array {
  const rules = CONDITIONS.map((condition, index) => {
    const when = condition.replace(/P\.(\w+)/g, (_, name: keyof Values) => write(name));
    return `- ${JSON.stringify({ id: `r${index}`, when, then: { score: 2 ** index, reason: `R${index}` } })}\n`;
  });
  const files: Record<string, string> = { 'rules/all.yaml': rules.join('') };
  const all = new Map(parameterBundle({ files }));
  if (isConstant) all.delete('parameters/limits.yaml');
  const { image, diagnostics } = compile(all, { profileMax: 'standard' });
  if (image === undefined) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error');
    throw new Error(errors.map(({ code, message, advice }) => `${code} ${message}: ${advice}`).join('\n'));
  }
  return image;
}

/** A constant of its type: literals of timestamps and members have none of their own. */
const CONSTANT: Partial<Record<keyof Values, (text: string) => string>> = {
  from: (text) => `(amount >= 0 ? ${text} : at)`,
  channel: (text) => `(amount >= 0 ? ${text} : (channel ?? "web"))`,
};

describe('a parameter', () => {
  it('decides as the constant', { timeout: 60_000 }, async () => {
    const engine = await createEngine({ poolThreads: 0, profileMax: 'standard' });
    const read = await engine.load(bundle((name) => `parameters.limits.${name}`, false));
    let hits = 0;
    try {
      await fc.assert(
        fc.asyncProperty(values, payloads, async (given, batch) => {
          const written = await engine.load(
            bundle((name) => (CONSTANT[name] ?? ((text: string) => text))(literal(name, given[name])), true),
          );
          try {
            read.setParameters({ limits: given });
            const expected = written.decideBatch(batch, { now: 0n });
            const actual = read.decideBatch(batch, { now: 0n });
            for (const [index, { status, score, reasons, outcome }] of actual.entries()) {
              const { status: s, score: t, reasons: r, outcome: o } = expected[index]!;
              expect({ status, score, reasons, outcome }).toEqual({ status: s, score: t, reasons: r, outcome: o });
              hits += reasons.length;
            }
          } finally {
            written.release();
          }
        }),
        { numRuns: 40, seed: testSeed('test/differential/parameters') },
      );
    } finally {
      read.release();
      await engine.close();
    }
    expect(hits).toBeGreaterThan(1000);
  });
});
