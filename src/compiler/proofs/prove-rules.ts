// What is wrong with the conditions of rules, proven: never true, always true, twice the same, and under `combine: first` a rule
// that never is the first to hold. Each rule is looked at by itself; two rules are compared only where they test the same values.

import type { Bundle } from '../../bundle/bundle.js';
import type { DiagnosticBag } from '../../diagnostic/diagnostic.js';
import type { Model } from '../../schema/model.js';
import { canFail } from '../can-fail.js';
import type { CheckedRule } from '../check-rules.js';
import type { Ir } from '../ir.js';
import { rankRules } from '../program.js';
import { type ConditionBox, type ConditionForm, ConditionForms } from './condition-form.js';
import { coversAll } from './cover-all.js';
import { evaluate } from './evaluate.js';
import { firstHolders, type Holder } from './holders.js';
import { type FieldAssignment, witnessPayload } from './payload.js';
import { valueIn } from './set-value.js';

/** Operands of `&&` of which each two are compared to say which exclude each other. */
const OPERANDS_MAX = 40;
/** Characters of a part of a condition that is quoted. */
const QUOTED_MAX = 80;
/** Rules that are shown with a payload. */
const EXAMPLES_MAX = 100;
/** Characters of a payload that is shown. */
const EXAMPLE_CHARS_MAX = 1000;

/** What gives forms of conditions: a memo may stand between. */
export interface Forms {
  formOf(ir: Ir): ConditionForm;
  /** Whether a condition is always true and no constant; where no one remembers, isAlways. */
  isAlways?(ir: Ir): boolean;
  /** Of conditions in the order in which they are tested, the first before each that always holds with it; else firstHolders. */
  holders?(conditions: readonly ConditionForm[]): readonly Holder[];
}

/** True where a condition is proven to hold for every payload, and does not say so itself. */
export function isAlways(condition: Ir, { boxes }: ConditionForm): boolean {
  return condition.op !== 'constant' && coversAll(boxes) && !canFail(condition);
}

export interface RulesProof {
  /** Rules of which it is not settled whether an earlier one always holds with them. */
  notProven: number;
}

/**
 * Proves what it can about rules and reports it: V4010, V4220, V4221, V4222. Deterministic; never a false claim.
 * @param rules with folded conditions, in the order written
 */
export function proveRules(
  rules: readonly CheckedRule[],
  bundle: Pick<Bundle, 'combine'>,
  model: Model,
  bag: DiagnosticBag,
  forms: Forms = new ConditionForms(model),
): RulesProof {
  const proven = rules.map(({ condition }) => forms.formOf(condition));
  const first = new Map<string, number>();
  const open: number[] = [];
  for (const [index, form] of proven.entries()) {
    const checked = rules[index]!;
    if (form.boxes.length === 0) {
      reportNever(checked, forms, bag);
      continue;
    }
    if (forms.isAlways?.(checked.condition) ?? isAlways(checked.condition, form)) {
      const { id, when } = checked.rule;
      bag.warning('V4221', when.span, `the condition of \`${id}\` is always true`, 'correct what it compares, or write `true`');
    }
    const twin = first.get(form.key);
    if (twin !== undefined) {
      reportTwin(checked, rules[twin]!, bag);
      continue;
    }
    first.set(form.key, index);
    open.push(index);
  }
  return bundle.combine === 'first' ? findLate(rules, proven, open, model, bag, forms) : { notProven: 0 };
}

function reportTwin({ rule }: CheckedRule, twin: CheckedRule, bag: DiagnosticBag): void {
  bag.add({
    code: 'V4010',
    severity: 'warning',
    span: rule.when.span,
    message: `the condition of \`${rule.id}\` is that of \`${twin.rule.id}\``,
    related: [{ message: 'it stands here too', span: twin.rule.when.span }],
  });
}

/** A condition that folds to a constant has been reported there, and a comparison with what lies outside a field's bounds too. */
function reportNever({ rule, condition }: CheckedRule, forms: Forms, bag: DiagnosticBag): void {
  const { id, when } = rule;
  if (condition.op === 'constant' || isOutOfBounds(condition)) return;
  const operands = condition.op === 'and' ? condition.operands : [];
  const shown = operands.slice(0, OPERANDS_MAX);
  const quote = ({ start, end }: Ir): string => {
    const text = when.text.slice(start, end).replace(/\s+/g, ' ').trim();
    return `\`${text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text}\``;
  };
  const advice = 'correct the condition, or remove the rule';
  for (const operand of shown) {
    if (forms.formOf(operand).boxes.length > 0) continue;
    if (isOutOfBounds(operand)) return;
    const span = when.spanAt(operand.start, operand.end);
    bag.warning('V4220', span, `\`${id}\` never holds: ${quote(operand)} is never true`, advice);
    return;
  }
  for (const [index, one] of shown.entries()) {
    for (const other of shown.slice(index + 1)) {
      const both: Ir = { ...condition, op: 'and', operands: [one, other] } as Ir;
      if (forms.formOf(both).boxes.length > 0) continue;
      bag.add({
        code: 'V4220',
        severity: 'warning',
        span: when.spanAt(other.start, other.end),
        message: `\`${id}\` never holds: ${quote(one)} and ${quote(other)} exclude each other`,
        advice,
        related: [{ message: 'the other part', span: when.spanAt(one.start, one.end) }],
      });
      return;
    }
  }
  bag.warning('V4220', when.span, `\`${id}\` never holds: no payload makes its condition true`, advice);
}

/** A comparison of a field with a constant; where it never holds, that is since the constant lies outside the field's bounds. */
function isOutOfBounds(ir: Ir): boolean {
  return (
    ir.op === 'compare' &&
    (ir.left.op === 'constant' || ir.right.op === 'constant') &&
    (ir.left.op === 'field' || ir.right.op === 'field')
  );
}

/** Rules that never are the first to hold: whenever one does, another holds that comes before it. */
function findLate(
  rules: readonly CheckedRule[],
  proven: readonly ConditionForm[],
  open: readonly number[],
  model: Model,
  bag: DiagnosticBag,
  forms: Forms,
): RulesProof {
  const ranks = rankRules(rules.map(({ rule }) => rule));
  const tested = [...open].sort((a, b) => ranks[a]! - ranks[b]!);
  const conditions = tested.map((index) => proven[index]!);
  const holders = forms.holders?.(conditions) ?? firstHolders(conditions).holders;
  const late: { index: number; by: number }[] = [];
  let notProven = 0;
  for (const [at, by] of holders.entries()) {
    if (by === 'spent') notProven++;
    else if (by !== undefined) late.push({ index: tested[at]!, by: tested[by]! });
  }
  for (const [count, { index, by }] of late.sort((a, b) => a.index - b.index).entries()) {
    const [{ rule }, before] = [rules[index]!, rules[by]!];
    const payload =
      count >= EXAMPLES_MAX
        ? undefined
        : examplePayload(proven[index]!.boxes[0]!, [rules[index]!.condition, before.condition], model);
    const example = payload === undefined ? '' : `, for instance for ${payload.json}`;
    bag.add({
      code: 'V4222',
      severity: 'warning',
      span: rule.when.span,
      message: `\`${rule.id}\` is never the first that holds: \`${before.rule.id}\` holds whenever it does, and comes before it${example}`,
      advice: 'put it before the other, or remove it',
      related: [{ message: `\`${before.rule.id}\` stands here`, span: before.rule.when.span }],
      ...(payload === undefined ? {} : { payload: payload.value }),
    });
  }
  return { notProven };
}

interface Example {
  value: unknown;
  json: string;
}

/** A payload in a box for which conditions are seen to be true. */
function examplePayload(box: ConditionBox, conditions: readonly Ir[], model: Model): Example | undefined {
  const assignments: FieldAssignment[] = [];
  for (const [{ field, domain }, { set }] of box) {
    if (field === undefined) return undefined;
    assignments.push({ field, value: valueIn(set, domain) });
  }
  const payload = witnessPayload(model, assignments);
  if (payload === undefined) return undefined;
  const values = new Map(assignments.map(({ field, value }) => [field, value]));
  const environment = { featureValue: () => undefined, fieldValue: (field: FieldAssignment['field']) => values.get(field) ?? null };
  if (!conditions.every((condition) => evaluate(condition, environment) === true)) return undefined;
  const json = JSON.stringify(payload);
  return json.length > EXAMPLE_CHARS_MAX ? undefined : { value: payload, json };
}
