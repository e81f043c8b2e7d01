// Parameters in the compiler: what may be declared and read, that no value of one is taken for granted, and what images hold.

import { describe, expect, it } from 'vitest';
import { check, compile } from '#src/compiler/compile.js';
import { disassemble } from '#src/compiler/disassemble.js';
import { readImageFile } from '#src/image/file.js';
import { parameterBundle } from '../lib/parameter-bundle.js';

/** Codes of what is reported, without that nothing reads a parameter and that scores are too low for an outcome. */
function codes(files: Record<string, string>): string[] {
  const found = check(parameterBundle({ files }), { profileMax: 'standard' }).diagnostics;
  return found.map(({ code }) => code).filter((code) => code !== 'V3603' && code !== 'V4009');
}

const rule = (when: string): Record<string, string> => ({
  'rules/all.yaml': `- { id: a, when: ${JSON.stringify(when)}, then: { score: 1, reason: A } }\n`,
});
const declared = (values: string): Record<string, string> => ({ 'parameters/limits.yaml': `values:\n  x: ${values}\n` });

describe('a condition', () => {
  const cases: [string, string[]][] = [
    ['amount > parameters.limits.reviewAbove', []],
    ['amount - 100 > parameters.limits.reviewAbove * 2', []],
    ['parameters.limits.isOpen', []],
    ['parameters.limits.domain.length > 3 && parameters.limits.from < now', []],
    ['channel !== null && [parameters.limits.channel, "app"].includes(channel)', []],
    ['amount > parameters.limits', ['V3210']],
    ['amount > parameters.reviewAbove', ['V3214']],
    ['amount > parameters.limits.reviewAbov', ['V3214']],
    ['amount > limits.reviewAbove', ['V3201']],
    ['parameters', ['V3210']],
    ['parameters.limits.reviewAbove()', ['V3500']],
    ['risk !== null && risk > parameters.limits.reviewAbove', ['V3305']],
    ['parameters.limits.domain > 5', ['V3302']],
    // Not always or never: another value may be set.
    ['parameters.limits.isOpen || amount > 5', []],
    ['amount > parameters.limits.reviewAbove && amount < parameters.limits.reviewAbove + 1', []],
    // Whatever is set within the bounds.
    ['parameters.limits.reviewAbove > 2000000', ['V3401']],
  ];
  it.each(cases)('%s', (when, expected) => expect(codes(rule(when))).toEqual(expected));

  it('in the profile strict reads none', () => {
    const files = {
      'bundle.yaml':
        'name: a\nversion: 1.0.0\nmodel: model.yaml\nonError: review\ndecide: { combine: score, outcomes: [{ outcome: approve }] }\n',
    };
    const { diagnostics } = check(parameterBundle({ files: { ...files, ...rule('amount > parameters.limits.reviewAbove') } }), {});
    const first = diagnostics.find(({ code }) => code !== 'V4009');
    expect([first?.code, first?.advice]).toEqual(['V3201', 'parameters need the profile `standard`']);
  });
});

describe('a declaration', () => {
  const cases: [string, string[]][] = [
    ['{ type: number, default: 1 }', []],
    ['{ type: number }', ['V1003']],
    ['{ type: text, default: 1 }', ['V1003']],
    ['{ type: number, default: 1, minimum: 2 }', ['V4501']],
    ['{ type: number, default: 1, minimum: 2, maximum: 1 }', ['V4501']],
    ['{ type: number, default: 1, minimum: a }', ['V4500']],
    ['{ type: boolean, default: true, minimum: 0 }', ['V4502']],
    ['{ type: number, default: 1, maxLength: 3 }', ['V4502']],
    ['{ type: { enum: channel }, default: web, maximum: 5 }', ['V4502']],
    ['{ type: { enum: channel }, default: WEB }', ['V4500']],
    ['{ type: { enum: amount }, default: web }', ['V4503']],
    ['{ type: { decimal: 19 }, default: 1 }', ['V1003']],
    ['{ type: date, default: 2026-02-30 }', ['V4500']],
  ];
  it.each(cases)('%s', (text, expected) => {
    const found = codes({ ...declared(text), ...rule('amount > 5') });
    expect(found.slice(0, 1)).toEqual(expected);
  });

  it('that nothing reads is told of', () => {
    const found = check(parameterBundle({ files: { ...declared('{ type: number, default: 1 }'), ...rule('amount > 5') } }), {
      profileMax: 'standard',
    }).diagnostics;
    expect(found.filter(({ code }) => code !== 'V4009').map(({ code, message }) => `${code} ${message}`)).toEqual([
      'V3603 nothing reads the parameter `parameters.limits.x`',
    ]);
  });

  it('with faults says nothing of what reads it', () => {
    expect(codes({ ...declared('{ type: number, default: a }'), ...rule('amount > parameters.limits.x') })).toEqual(['V4500']);
  });
});

describe('decimals', () => {
  const product = (bounds: string): string[] =>
    codes({
      ...declared(`{ type: { decimal: 4 }, default: 1${bounds} }`),
      'features/total.yaml': '- name: total\n  value: amount * parameters.limits.x * parameters.limits.x * parameters.limits.x\n',
      ...rule('total > 5'),
    });
  it('are proven not to overflow by their bounds', () => {
    expect(product(', minimum: 0, maximum: 100')).toEqual([]);
    expect(product('')).toEqual(['V3307']);
  });
});

describe('proofs', () => {
  it('say nothing that a change could make untrue', () => {
    const table = `hitPolicy: first
inputs: [amount]
outputs: [{ name: fee, type: number }]
rows:
  - { when: ["< parameters.limits.reviewAbove"], then: [1] }
  - { when: ["< 500"], then: [2] }
  - { when: ["-"], then: [3] }
`;
    expect(
      codes({ 'tables/fees.yaml': table, ...rule('fees.fee !== null && fees.fee > 1') }).filter((code) => code.startsWith('V42')),
    ).toEqual(
      codes({ 'tables/fees.yaml': table, ...rule('fees.fee !== null && fees.fee > 1') }).filter((code) => code === 'V4209'),
    );
    const first = 'amount > parameters.limits.reviewAbove';
    const text = `- { id: a, when: "${first}", then: { score: 1, reason: A } }\n- { id: b, when: "amount > 500", then: { score: 1, reason: B } }\n`;
    expect(codes({ 'rules/all.yaml': text })).toEqual([]);
  });
});

describe('an image', () => {
  const image = (files: Record<string, string>) => {
    const { image: file, diagnostics } = compile(parameterBundle({ files }), { profileMax: 'standard' });
    if (file === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
    return readImageFile(file);
  };

  it('is the same whatever the description, and another with another default', () => {
    const hash = (values: string): string =>
      image({ ...declared(values), ...rule('risk !== null && risk > parameters.limits.x') }).header.hash;
    const plain = hash('{ type: number, default: 1 }');
    expect(hash('{ type: number, default: 1, description: D }')).toBe(plain);
    expect(hash('{ type: number, default: 1, maximum: 2 }')).not.toBe(plain);
  });

  it('loads each parameter that is read once, before all else, and no other', () => {
    const { deciding, head } = image({
      'rules/all.yaml': Array.from(
        { length: 5 },
        (_each, index) => `- { id: r${index}, when: amount > parameters.limits.reviewAbove + ${index}, then: { score: 1 } }\n`,
      ).join(''),
    });
    expect(head.parameters[0]!.values.filter(({ isRead }) => isRead).map(({ name }) => name)).toEqual(['reviewAbove']);
    const view = new DataView(deciding.buffer, deciding.byteOffset);
    const start = view.getUint32(72, true);
    const code = deciding.subarray(start, start + 16 * view.getUint32(76, true));
    expect(disassemble(code).match(/PARAMETER/g)).toHaveLength(1);
    expect(disassemble(code).split('\n')[0]).toMatch(/PARAMETER/);
  });
});
