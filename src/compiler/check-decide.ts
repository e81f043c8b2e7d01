// What bundle.yaml and the rules say about deciding, beside the conditions themselves.

import { RULES_MAX } from '../../assembly/shared/limits.js';
import type { Bundle, BundleRule } from '../bundle/bundle.js';
import type { DiagnosticBag } from '../diagnostic/diagnostic.js';

/** Checks outcomes, thresholds, ids, reasons. */
export function checkDecide(bundle: Bundle, bag: DiagnosticBag): void {
  checkOutcomes(bundle, bag);
  if (bundle.rules.length === 0 && !bag.hasErrors) {
    bag.error('V4007', bundle.nameSpan, 'the bundle has no rules', 'write them in rules/*.yaml');
  }
  if (bundle.rules.length > RULES_MAX) {
    bag.error('V5010', bundle.nameSpan, `the bundle has ${bundle.rules.length} rules, more than ${RULES_MAX}`);
  }
  const ids = new Map<string, BundleRule>();
  const conditions = new Map<string, BundleRule>();
  for (const rule of bundle.rules) {
    const sameId = ids.get(rule.id);
    if (sameId === undefined) ids.set(rule.id, rule);
    else reportTwin('error', 'V4001', `the id \`${rule.id}\` is taken`, rule.idSpan, 'it was given here', sameId.idSpan, bag);

    const text = rule.when.text.trim();
    const sameCondition = conditions.get(text);
    if (sameCondition === undefined) conditions.set(text, rule);
    else {
      const message = `the condition of \`${rule.id}\` is that of \`${sameCondition.id}\``;
      reportTwin('warning', 'V4010', message, rule.when.span, 'it stands here too', sameCondition.when.span, bag);
    }
    checkRule(rule, bundle, bag);
  }
}

function reportTwin(
  severity: 'error' | 'warning',
  code: 'V4001' | 'V4010',
  message: string,
  span: BundleRule['idSpan'],
  note: string,
  first: BundleRule['idSpan'],
  bag: DiagnosticBag,
): void {
  bag.add({ code, severity, message, span, related: [{ message: note, span: first }] });
}

function checkOutcomes(bundle: Bundle, bag: DiagnosticBag): void {
  const { combine, outcomes } = bundle;
  const last = outcomes[outcomes.length - 1]!;
  const scored = combine === 'score';
  let least: number | undefined;
  for (const entry of outcomes) {
    if (entry.atLeast === undefined) {
      if (entry !== last)
        bag.error(
          'V4003',
          entry.span,
          'only the last outcome stands without `atLeast`',
          'give it a threshold, or move it to the end',
        );
      continue;
    }
    if (!scored) {
      bag.error(
        'V4005',
        entry.span,
        `\`atLeast\` has no use with \`combine: ${combine}\``,
        'keep one entry, such as `outcome: approve`',
      );
    } else if (least !== undefined && entry.atLeast >= least) {
      bag.error('V4002', entry.span, `${entry.atLeast} does not lie below ${least}`, 'write the highest threshold first');
    }
    least = entry.atLeast;
  }
  if (last.atLeast !== undefined) {
    bag.error('V4003', last.span, 'the last outcome must stand without `atLeast`', 'end the list with `{ outcome: approve }`');
  }
  if (!scored) return;
  const most = bundle.rules.reduce((sum, rule) => sum + Math.max(0, rule.score), 0);
  for (const entry of outcomes) {
    if (entry.atLeast === undefined || entry.atLeast <= most || bundle.rules.length === 0) continue;
    bag.warning(
      'V4009',
      entry.span,
      `no score reaches ${entry.atLeast}: all rules together give ${most}`,
      'lower it, or raise the scores',
    );
  }
}

function checkRule(rule: BundleRule, bundle: Bundle, bag: DiagnosticBag): void {
  if (rule.outcome === null && bundle.combine !== 'score') {
    const message = `\`${rule.id}\` gives no outcome, which \`combine: ${bundle.combine}\` needs`;
    bag.error('V4004', rule.thenSpan, message, 'write `outcome: approve`, `review` or `decline`');
  }
  const matters = rule.score > 0 || rule.outcome === 'review' || rule.outcome === 'decline';
  if (rule.reason === null && matters) {
    bag.warning(
      'V4006',
      rule.thenSpan,
      `\`${rule.id}\` gives no reason`,
      'write `reason: SOME_CODE`, so that its hits can be explained',
    );
  }
}
