import { describe, expect, it } from 'vitest';
import { Opcode } from '#assembly/shared/opcode.js';
import { CodeBuffer } from '#src/compiler/code-buffer.js';
import { compile } from '#src/compiler/compile.js';
import { pathUnits } from '#src/compiler/cost.js';
import { BRANCH_DISTANCE_MAX } from '#src/compiler/limits.js';
import { bundleFiles, MODEL } from '../bundle/files.js';

function compiled(when: string, texts: Record<string, string> = {}): { rule: number; image: number } {
  const rules = `- id: a\n  when: ${JSON.stringify(when)}\n  then: { score: 80, reason: A }\n`;
  const { manifest, diagnostics } = compile(bundleFiles({ 'rules/a.yaml': rules, ...texts }));
  if (manifest === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { rule: manifest.rules[0]!.cost, image: manifest.costMax };
}

describe('the cost of a rule', () => {
  const growing = [
    'amount > 1',
    'amount > 1 && amount < 5',
    'amount > 1 && amount < 5 && country === "US"',
    'amount > 1 && amount < 5 && country === "US" && note !== null && note === "x"',
    'amount > 1 && amount < 5 && country === "US" && note !== null && note + note === "x"',
  ];
  it('grows with what it does', () => {
    const costs = growing.map((when) => compiled(when).rule);
    expect([...new Set(costs)].sort((a, b) => a - b)).toEqual(costs);
  });

  it('is that of its dearest path, not of all its code', () => {
    const one = compiled('amount > 1 && (country === "US" && note === "a" || country === "GB" && note === "b")').rule;
    const two = compiled('amount > 1 && country === "US" && note === "a" && country === "GB" && note === "b"').rule;
    expect(one).toBeLessThan(two + 4);
  });

  it('grows with the texts it reads', () => {
    const model = (length: number): Record<string, string> => ({ 'model.yaml': MODEL.replace('40', String(length)) });
    const when = 'note !== null && note + "x" > note';
    expect(compiled(when, model(4000)).rule).toBeGreaterThan(compiled(when, model(40)).rule);
    expect(compiled('amount > 1', model(4000)).rule).toBe(compiled('amount > 1', model(40)).rule);
    expect(compiled('amount > 1', model(4000)).image).toBeGreaterThan(compiled('amount > 1', model(40)).image);
  });

  it('of a comparison with a constant does not grow with the field', () => {
    const model = { 'model.yaml': MODEL.replace('40', '4000') };
    expect(compiled('note === "x"', model).rule).toBe(compiled('note === "x"').rule);
  });
});

describe('the cost of an image', () => {
  it('grows with each rule', () => {
    const rules = (count: number): string =>
      Array.from({ length: count }, (_, i) => `- { id: r${i}, when: amount > ${i}, then: { score: 1, reason: A } }`).join('\n');
    const costs = [1, 2, 10, 100].map((count) => {
      const head =
        'name: a\nversion: 1.0.0\nmodel: model.yaml\nonError: fail\ndecide: { combine: score, outcomes: [{ outcome: approve }] }\n';
      return compile(bundleFiles({ 'bundle.yaml': head, 'rules/a.yaml': rules(count) })).manifest!.costMax;
    });
    expect([...new Set(costs)].sort((a, b) => a - b)).toEqual(costs);
  });

  it('is bounded by the tenant', () => {
    const { image, diagnostics } = compile(bundleFiles(), { costMax: 10 });
    expect(image).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(['V5005']);
  });
});

describe('paths', () => {
  it('end where the program ends, and take the dearer side', () => {
    const code = new CodeBuffer();
    const skip = code.label();
    code.branch(Opcode.IF_TRUE, 1, skip);
    code.emit(Opcode.HIT, 10);
    code.emit(Opcode.END, 1);
    code.bind(skip);
    code.emit(Opcode.HIT, 5);
    code.emit(Opcode.END, 1);
    expect(pathUnits(code.toBytes(), code.units)).toBe(12);
    expect(pathUnits(code.toBytes(), code.units, 0, 3)).toBe(12);
    expect(pathUnits(code.toBytes(), code.units, 3)).toBe(6);
  });

  it('may not jump too far', () => {
    const code = new CodeBuffer();
    const near = code.label();
    code.branch(Opcode.JUMP, 1, near);
    for (let i = 1; i < BRANCH_DISTANCE_MAX; i++) code.emit(Opcode.HIT, 1);
    code.bind(near);
    expect(code.branchOverflow).toBe(false);
    const far = code.label();
    code.branch(Opcode.JUMP, 1, far);
    for (let i = 0; i < BRANCH_DISTANCE_MAX; i++) code.emit(Opcode.HIT, 1);
    code.bind(far);
    expect(code.branchOverflow).toBe(true);
  });
});
