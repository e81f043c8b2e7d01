import { describe, expect, it } from 'vitest';
import { INSTRUCTION_BYTES, INSTRUCTION_C, Opcode } from '#assembly/shared/opcode.js';
import { CodeBuffer } from '#src/compiler/code-buffer.js';
import { compile } from '#src/compiler/compile.js';
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

  it('counts what a branch may leave out', () => {
    const one = compiled('amount > 1 && (country === "US" || amount > 3)').rule;
    const two = compiled('amount > 1 && (country === "US" || amount > 3 || amount > 4)').rule;
    expect(two).toBeGreaterThan(one);
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
      return compile(bundleFiles({ 'bundle.yaml': head, 'rules/a.yaml': rules(count) }), { index: 'off' }).manifest!.costMax;
    });
    expect([...new Set(costs)].sort((a, b) => a - b)).toEqual(costs);
  });

  it('is bounded by the tenant', () => {
    const { image, diagnostics } = compile(bundleFiles(), { costMax: 10 });
    expect(image).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(['V5005']);
  });
});

describe('branches', () => {
  const far = (code: CodeBuffer, instructions: number): void => {
    for (let i = 0; i < instructions; i++) code.emit(Opcode.HIT);
  };

  it('may not be too long', () => {
    const code = new CodeBuffer();
    const near = code.label();
    code.branch(Opcode.JUMP, near);
    far(code, BRANCH_DISTANCE_MAX - 1);
    code.bind(near);
    expect(code.branchOverflow).toBe(false);
    const label = code.label();
    code.branch(Opcode.JUMP, label);
    far(code, BRANCH_DISTANCE_MAX);
    code.bind(label);
    expect(code.branchOverflow).toBe(true);
  });

  it('reach further over stepping stones', () => {
    const code = new CodeBuffer();
    const label = code.label();
    const jumps: number[] = [];
    for (let i = 0; i < 10; i++) {
      jumps.push(code.count);
      code.branch(Opcode.JUMP, label);
      far(code, 20_000);
      code.relay(label);
    }
    code.bind(label);
    expect(code.branchOverflow).toBe(false);
    const view = new DataView(code.toBytes().buffer);
    for (let at of jumps) {
      while (at < code.count) {
        expect(code.opAt(at)).toBe(Opcode.JUMP);
        at += view.getUint16(at * INSTRUCTION_BYTES + INSTRUCTION_C, true);
      }
      expect(at).toBe(code.count);
    }
  });
});
