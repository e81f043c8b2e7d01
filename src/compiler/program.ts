// Checked rules -> one program, with the cost of each rule and of the whole.

import { CODE_COUNT_MAX, REGISTERS_MAX, TEXT_SCRATCH_BYTES } from '../../assembly/shared/limits.js';
import type { Bundle } from '../bundle/bundle.js';
import type { DiagnosticBag, Span } from '../diagnostic/diagnostic.js';
import type { Model } from '../schema/model.js';
import type { CheckedRule } from './check-rules.js';
import { decisionUnits, pathUnits, payloadUnits } from './cost.js';
import { Emitter } from './emit-bytecode.js';
import { type Ir, visit } from './ir.js';
import { RULE_COST_MAX } from './limits.js';
import { Registers } from './registers.js';

export interface Program {
  code: Uint8Array;
  constants: Uint8Array;
  registers: Registers;
  /** Units of each rule, in the order written. */
  ruleCosts: number[];
  /** Units of one payload: verifying it, the program, the decision. */
  costMax: number;
}

/** Rank of each rule: larger score first, then the order written. ranks[i] is the rank of rules[i]. */
export function rankRules(rules: readonly { score: number }[]): number[] {
  const order = rules.map((_, index) => index).sort((a, b) => rules[b]!.score - rules[a]!.score || a - b);
  const ranks = new Array<number>(rules.length);
  for (const [rank, index] of order.entries()) ranks[index] = rank;
  return ranks;
}

/** True where a text is joined at run time. */
export function joinsTexts(ir: Ir): boolean {
  let found = false;
  visit(ir, (node) => {
    found ||= node.op === 'concat';
  });
  return found;
}

/** Emits all rules in the order written; limits that are passed are reported. */
export function emitRules(
  rules: readonly CheckedRule[],
  ranks: readonly number[],
  bundle: Bundle,
  model: Model,
  costMax: number,
  bag: DiagnosticBag,
): Program {
  const emitter = new Emitter(
    new Registers(
      model,
      rules.map(({ condition }) => condition),
    ),
  );
  emitter.textKeys(rules.map(({ condition }) => condition));
  const starts: number[] = [];
  for (const [index, { rule, condition }] of rules.entries()) {
    starts.push(emitter.code.count);
    if (joinsTexts(condition)) emitter.resetText();
    emitter.rule(condition, ranks[index]!, bundle.combine === 'first');
    if (emitter.code.branchOverflow) {
      bag.error('V5008', rule.when.span, 'a jump inside the rule is too long', 'split the condition over several rules');
      emitter.code.branchOverflow = false;
    }
    reportJoined(emitter, rule.when.span, bag);
  }
  emitter.end();
  reportSize(emitter, bundle.nameSpan, bag);

  const code = emitter.code.toBytes();
  const { units } = emitter.code;
  const ruleCosts = starts.map((start, index) => pathUnits(code, units, start, starts[index + 1] ?? units.length - 1));
  for (const [index, cost] of ruleCosts.entries()) {
    if (cost <= RULE_COST_MAX) continue;
    const { rule } = rules[index]!;
    const advice = 'shorten it, or give the texts it reads a smaller `maxLength` in the model';
    bag.error('V5004', rule.when.span, `\`${rule.id}\` costs up to ${cost} units, more than ${RULE_COST_MAX}`, advice);
  }
  const whole = payloadUnits(model) + pathUnits(code, units) + decisionUnits(rules.length, bundle.reasonsMax);
  if (whole > costMax) {
    const advice = 'give texts a smaller `maxLength` in the model, or ask for a larger limit';
    bag.error('V5005', bundle.nameSpan, `a payload costs up to ${whole} units, more than ${costMax}`, advice);
  }
  return { code, constants: emitter.constants.toBytes(), registers: emitter.registers, ruleCosts, costMax: whole };
}

/** Reports texts joined beyond what the engine has room for. */
export function reportJoined(emitter: Emitter, span: Span, bag: DiagnosticBag): void {
  if (emitter.joinedBytes <= TEXT_SCRATCH_BYTES) return;
  const advice = 'give the texts a smaller `maxLength` in the model';
  bag.error('V5009', span, `texts of up to ${emitter.joinedBytes} bytes are joined, more than ${TEXT_SCRATCH_BYTES}`, advice);
  emitter.joinedBytes = 0;
}

/** Reports a program that is larger than the engine takes. */
export function reportSize(emitter: Emitter, span: Span, bag: DiagnosticBag): void {
  if (emitter.registers.overflow) {
    const count = emitter.registers.types.length;
    bag.error('V5006', span, `the program needs ${count} registers, more than ${REGISTERS_MAX}`, 'split the bundle');
  }
  if (emitter.code.count > CODE_COUNT_MAX) {
    bag.error('V5007', span, `the program has ${emitter.code.count} instructions, more than ${CODE_COUNT_MAX}`, 'split the bundle');
  }
}
