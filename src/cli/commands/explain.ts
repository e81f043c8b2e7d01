// verdict explain: one payload, its decision, and the truth of every condition.

import { type Command, Option } from 'commander';
import { FieldKind } from '../../../assembly/shared/value-type.js';
import type { ExplainedRule, Explanation } from '../../explain.js';
import type { RuleSet } from '../../ruleset.js';
import { outputNamed } from '../../schema/outputs.js';
import { openRuleSet, readGivenFile } from '../bundle-dir.js';
import { defineCommand } from '../command.js';
import { EXIT_NO, EXIT_OK, UsageError } from '../errors.js';
import { type GivenList, listFileOption } from '../list-files.js';
import { number, type Output } from '../output.js';
import { type GivenParameters, parameterOption } from '../parameter-options.js';
import { parseNow } from './eval.js';

interface ExplainOptions {
  list: readonly GivenList[];
  parameter: GivenParameters;
  payload: string;
  now?: string;
  all: boolean;
}

/** Output of `verdict explain --json`: `Explanation` of the library. */
export type ExplainJson = { ok: true } & Explanation;

/** `verdict explain`. */
export function explainCommand(): Command {
  const options = [
    new Option('-p, --payload <payload>', 'a file, JSON text that begins with {, or - for standard input').makeOptionMandatory(),
    new Option('--now <timestamp>', 'time of the decision, RFC 3339 (default: the clock)'),
    new Option('--no-all', 'only the rules that hit'),
    listFileOption(),
    parameterOption(),
  ];
  return defineCommand('explain', '<bundle>', 'show why a payload is decided as it is', options, explain);
}

/** The payload's JSON text. */
async function readPayload(given: string): Promise<string> {
  if (given.trimStart().startsWith('{')) return given;
  if (given !== '-') return new TextDecoder().decode(readGivenFile(given));
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function explain([path]: string[], options: ExplainOptions, output: Output): Promise<number> {
  const now = parseNow(options.now);
  const text = await readPayload(options.payload);
  if (text.trim() === '') throw new UsageError('the payload is empty', 'give JSON, or a file that holds it');
  const opened = await openRuleSet(path as string, output, options.list, options.parameter);
  if (opened === undefined) return EXIT_NO;
  try {
    const explanation = opened.ruleSet.explain(text, now === undefined ? {} : { now });
    printExplanation(explanation, opened.ruleSet, options.all, output);
    output.result({ ok: true, ...explanation } satisfies ExplainJson);
    return EXIT_OK;
  } finally {
    await opened.close();
  }
}

function printExplanation(
  { decision, rules, values }: Explanation,
  { model, manifest }: RuleSet,
  all: boolean,
  output: Output,
): void {
  const texts = new Set(
    model.fields.filter(({ kind }) => kind === FieldKind.TEXT || kind === FieldKind.ENUM).map(({ path }) => path),
  );
  const { outcome, score, reasons, bundle, version, image } = decision;
  const style = outcome === 'decline' ? 'red' : outcome === 'review' ? 'yellow' : 'green';
  output.line(
    `${output.paint(outcome ?? decision.status, style)}, score ${number(score, 6)}   (${bundle} ${version}, image ${image})`,
  );
  for (const { code, rule, score: points } of reasons) output.line(`  ${code}  ${number(points, 6)}  by ${rule}`);
  if (decision.outputs !== undefined) {
    for (const { name } of manifest.outputs ?? []) output.line(`  ${name}: ${JSON.stringify(outputNamed(decision.outputs, name))}`);
  }
  const hits = rules.filter(({ hit }) => hit).length;
  output.line(`${hits} of ${rules.length} rules hit`);
  for (const [name, value] of Object.entries(values))
    output.line(`  ${name} = ${typeof value === 'string' ? JSON.stringify(value) : value}`);
  for (const rule of rules) if (all || rule.hit) printRule(rule, texts, output);
}

function printRule(rule: ExplainedRule, texts: ReadonlySet<string>, output: Output): void {
  const mark = rule.hit ? output.paint('hit ', 'green') : output.paint('no  ', 'dim');
  const then = [rule.score === 0 ? '' : `score ${rule.score}`, rule.outcome ?? '', rule.reason ?? ''].filter((part) => part !== '');
  output.line();
  output.line(`${mark} ${output.paint(rule.id, 'bold')}  ${then.join('  ')}`);
  for (const { text, truth, values } of rule.conditions) {
    const word =
      truth === null ? output.paint('-    ', 'dim') : truth ? output.paint('true ', 'green') : output.paint('false', 'red');
    const shown = Object.entries(values).map(([field, value]) => `${field} = ${texts.has(field) ? JSON.stringify(value) : value}`);
    output.line(`       ${word}  ${text}${shown.length === 0 ? '' : output.paint(`   where ${shown.join(', ')}`, 'dim')}`);
  }
}
