// What bundle.yaml and the rules say about deciding, beside the conditions themselves.

import { RULES_MAX } from '../../assembly/shared/limits.js';
import type { Bundle, BundleRule } from '../bundle/bundle.js';
import type { DiagnosticBag } from '../diagnostic/diagnostic.js';
import type { HitRule, HitRules } from './hit-rules.js';

/**
 * Checks outcomes, thresholds, ids, reasons.
 * @param hits rows of tables and attributes of scorecards that take part; undefined where they could not be checked
 */
export function checkDecide(bundle: Bundle, hits: HitRules | undefined, bag: DiagnosticBag): void {
  const rest = hits?.all ?? [];
  if (!bundle.decides) {
    for (const { idSpan } of [...bundle.rules, ...rest].slice(0, 1)) {
      const message = 'nothing says how rules become an outcome: the bundle has no `decide`';
      bag.error('V4011', idSpan, message, 'write `decide` in bundle.yaml, or give outputs alone');
    }
    return;
  }
  checkOutcomes(bundle, hits, bag);
  if (bundle.rules.length + rest.length + bundle.outputs.length === 0 && !bag.hasErrors) {
    bag.error('V4007', bundle.nameSpan, 'the bundle has no rules', 'write them in rules/*.yaml');
  }
  const count = bundle.rules.length + rest.length;
  if (count > RULES_MAX) {
    bag.error('V5010', bundle.nameSpan, `the bundle has ${count} rules, more than ${RULES_MAX}`);
  }
  const ids = new Map<string, Pick<BundleRule, 'id' | 'idSpan'>>();
  const all: readonly Pick<BundleRule, 'id' | 'idSpan'>[] = rest.length === 0 ? bundle.rules : [...bundle.rules, ...rest];
  for (const rule of all) {
    const sameId = ids.get(rule.id);
    if (sameId === undefined) ids.set(rule.id, rule);
    else {
      const related = [{ message: 'it was given here', span: sameId.idSpan }];
      bag.add({ code: 'V4001', severity: 'error', message: `the id \`${rule.id}\` is taken`, span: rule.idSpan, related });
    }
  }
  for (const rule of bundle.rules) checkRule(rule, '', bundle, bag);
  const reported = new Set<string>();
  for (const rule of rest) checkHit(rule, bundle, reported, bag);
}

function checkOutcomes(bundle: Bundle, hits: HitRules | undefined, bag: DiagnosticBag): void {
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
  if (hits === undefined) return;
  const most = largestScore(bundle.rules, hits);
  for (const entry of outcomes) {
    if (entry.atLeast === undefined || entry.atLeast <= most || bundle.rules.length + hits.all.length === 0) continue;
    bag.warning(
      'V4009',
      entry.span,
      `no score reaches ${entry.atLeast}: all rules together give ${most}`,
      'lower it, or raise the scores',
    );
  }
}

/** No decision has a larger score. Of rows of which one hits at most, the largest counts. */
function largestScore(rules: readonly { score: number }[], { groups }: HitRules): number {
  const ofRules = rules.reduce((sum, { score }) => sum + Math.max(0, score), 0);
  return groups.reduce((sum, group) => {
    const scores = group.rules.map(({ score }) => Math.max(0, score));
    return sum + scores.reduce((a, b) => (group.single ? Math.max(a, b) : a + b), 0);
  }, ofRules);
}

/**
 * A row of a table must say what it decides, as a rule must; points of a scorecard and reasons of an ensemble decide nothing alone.
 *
 * @param reported ensembles of which that was said
 */
function checkHit(rule: HitRule, bundle: Bundle, reported: Set<string>, bag: DiagnosticBag): void {
  const { source } = rule;
  if (source !== undefined && 'table' in source) {
    checkRule(rule, 'row ', bundle, bag);
    return;
  }
  if (bundle.combine !== 'first') return;
  if (source !== undefined && 'ensemble' in source) {
    // Told once for all of its reasons.
    if (reported.has(source.ensemble)) return;
    reported.add(source.ensemble);
    const message = `\`${source.ensemble}\` gives reasons, for which \`combine: first\` has no use`;
    bag.error('V4404', rule.idSpan, message, 'leave `reasons` out, or combine by `score` or `collect`');
    return;
  }
  const message = `\`${rule.id}\` gives points, for which \`combine: first\` has no use`;
  bag.error('V4154', rule.idSpan, message, 'write `contributes: false`, and read the score in a rule');
}

/** @param kind what the rule's name is told with */
function checkRule(
  rule: Pick<BundleRule, 'id' | 'idSpan' | 'score' | 'outcome' | 'reason'> & Partial<Pick<BundleRule, 'thenSpan'>>,
  kind: string,
  bundle: Bundle,
  bag: DiagnosticBag,
): void {
  if (rule.outcome === null && bundle.combine !== 'score') {
    const message = `${kind}\`${rule.id}\` gives no outcome, which \`combine: ${bundle.combine}\` needs`;
    bag.error('V4004', rule.thenSpan ?? rule.idSpan, message, 'write `outcome: approve`, `review` or `decline`');
  }
  const matters = rule.score > 0 || rule.outcome === 'review' || rule.outcome === 'decline';
  if (rule.reason === null && matters) {
    const message = `${kind}\`${rule.id}\` gives no reason`;
    bag.warning('V4006', rule.thenSpan ?? rule.idSpan, message, 'write `reason: SOME_CODE`, so that its hits can be explained');
  }
}
