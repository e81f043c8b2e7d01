// Outputs of decisions, checked: names, types, lists and what their elements give.

import { OUTPUTS_MAX } from '../../../assembly/shared/limits.js';
import type { BundleOutput, BundleOutputMember } from '../../bundle/outputs.js';
import { DiagnosticBag, type Span } from '../../diagnostic/diagnostic.js';
import type { OutputMember, OutputShape, OutputType } from '../../schema/output-shape.js';
import { parseSource } from '../check-source.js';
import { type CheckedList, checkWhole, inLets } from '../checker/chains.js';
import { type Context, type Facts, NO_FACTS } from '../checker/context.js';
import { isTaken } from '../checker/names.js';
import { contextIn } from '../checker.js';
import { checkFeature } from '../features/check-feature.js';
import { type Ir, type LocalRef, mayBeNull } from '../ir.js';
import { fold, SILENT } from '../passes/fold.js';
import { replaceNodes } from '../passes/rewrite.js';
import type { FeatureRef, Scope, ScopeEntry, TableRow } from '../scope.js';
import { FaultSink, type Source } from '../source.js';
import type { TableContext } from '../tables/check-table.js';
import { type Type, typePhrase } from '../types.js';
import type { CheckedOutput } from './checked-output.js';

/** Checks the outputs of a bundle, in the order written; those that have faults (reported) are left out. */
export function checkOutputs(context: TableContext, outputs: readonly BundleOutput[]): CheckedOutput[] {
  checkNames(outputs, context.bag);
  return outputs.flatMap((output) => {
    const checked = output.is.kind === 'value' ? checkValue(context, output, output.is) : checkEach(context, output, output.is);
    return checked === undefined ? [] : [checked];
  });
}

/** Reports names that are taken, that others begin with, and too many of them. */
function checkNames(outputs: readonly BundleOutput[], bag: DiagnosticBag): void {
  checkPaths(outputs, 'output', bag);
  let count = outputs.length;
  for (const { is } of outputs) {
    if (is.kind !== 'each') continue;
    checkPaths(is.members, 'member', bag);
    count += is.members.length;
  }
  if (count > OUTPUTS_MAX) {
    const message = `the bundle has ${count} outputs and members of outputs, more than ${OUTPUTS_MAX}`;
    bag.error('V5016', outputs[outputs.length - 1]!.nameSpan, message, 'leave some of them out');
  }
}

interface Named {
  readonly name: string;
  readonly nameSpan: Span;
}

/** Reports paths that are there already, and those that lie in a value. */
function checkPaths(entries: readonly Named[], what: 'output' | 'member', bag: DiagnosticBag): void {
  const byName = new Map<string, Named>();
  const groups = new Map<string, Named>();
  const report = (entry: Named, message: string, other: Named): void => {
    const related = [{ message: 'it is here', span: other.nameSpan }];
    bag.add({ code: 'V3700', severity: 'error', span: entry.nameSpan, message, advice: 'choose another name', related });
  };
  for (const entry of entries) {
    const { name } = entry;
    const same = byName.get(name);
    if (same !== undefined) {
      report(entry, `the ${what} \`${name}\` is there already`, same);
      continue;
    }
    const longer = groups.get(name);
    if (longer !== undefined) report(entry, `\`${name}\` is what \`${longer.name}\` lies in: it cannot be a value too`, longer);
    byName.set(name, entry);
    for (let end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) {
      const group = name.slice(0, end);
      const shorter = byName.get(group);
      if (shorter !== undefined) report(entry, `\`${name}\` would lie in the ${what} \`${group}\`, which is a value`, shorter);
      if (!groups.has(group)) groups.set(group, entry);
    }
  }
}

type Written<K extends BundleOutput['is']['kind']> = Extract<BundleOutput['is'], { kind: K }>;

function checkValue(context: TableContext, output: BundleOutput, { cases, hasCases }: Written<'value'>): CheckedOutput | undefined {
  const { bag } = context;
  const { name, nameSpan } = output;
  if (hasCases) {
    const checked = checkFeature(context, { ...output, cases }, 'output');
    if (checked === undefined) return undefined;
    const { type, nullable } = checked.feature;
    const value: Ir = { op: 'feature', type, feature: checked.feature, nullable, start: 0, end: 0 };
    const is = { kind: 'value', type: outputType(type)! } as const;
    return { shape: shapeOf(output, nullable, is), span: nameSpan, steps: [checked.step], content: { kind: 'value', value } };
  }
  const { value: source } = cases[0]!;
  return withFaults(source, bag, (faults) => {
    const whole = parsedWhole(context, source, faults);
    if (whole === undefined) return undefined;
    if (whole.kind === 'list') return plainList(output, whole, source, faults);
    const ir = fold(whole.ir, SILENT);
    if (ir.type.kind === 'error') return undefined;
    const type = outputType(ir.type);
    if (type === undefined) {
      const place = { start: 0, end: source.text.length };
      if (ir.type.kind === 'null') faults.error('V3701', place, `the output \`${name}\` is always null`, 'give it a value');
      else
        faults.error(
          'V3701',
          place,
          `the output \`${name}\` is ${typePhrase(ir.type)}`,
          'give each of its fields a name of its own',
        );
      return undefined;
    }
    const shape = shapeOf(output, mayBeNull(ir), { kind: 'value', type });
    return { shape, span: nameSpan, steps: [], content: { kind: 'value', value: ir } };
  });
}

/** A list of values. */
function plainList(
  output: BundleOutput,
  whole: CheckedList & { context: Context },
  source: Source,
  faults: FaultSink,
): CheckedOutput | undefined {
  const { list, lets } = whole;
  const type = outputType(list.element);
  if (type === undefined) {
    if (list.element.kind !== 'error') {
      const message = `the output \`${output.name}\` is a list of ${list.element.kind}s`;
      const advice = '`each` with `as` and `values` says what each object of the output holds';
      faults.error('V3701', { start: 0, end: source.text.length }, message, advice);
    }
    return undefined;
  }
  const local: LocalRef = { name: '', type: list.element };
  const body: Ir = { op: 'local', type: list.element, local, start: 0, end: 0 };
  const shape = shapeOf(output, lets.length > 0, { kind: 'list', type, countMax: list.countMax });
  return { shape, span: output.nameSpan, steps: [], content: { kind: 'list', list: collected(whole, local, [body], faults) } };
}

/** The walk over a list, to what each element gives. */
function collected({ list, lets }: CheckedList, local: LocalRef, bodies: readonly Ir[], faults: FaultSink): Ir {
  const { source, stages, element } = list;
  const result = { kind: 'collect', local, bodies } as const;
  return fold(inLets({ op: 'walk', type: element, source, stages, result, start: 0, end: 0 }, lets), faults);
}

function checkEach(context: TableContext, output: BundleOutput, is: Written<'each'>): CheckedOutput | undefined {
  const { bag, scope } = context;
  const entry = scope.names.get(is.each.text.trim());
  if (entry?.kind === 'group' && entry.what === 'table') {
    if (entry.rows !== undefined) return checkRows(context, output, is, entry.rows, entry.members);
    // A table with faults of its own has been reported.
    if ([...entry.members.values()].some((member) => member.kind === 'feature' && member.feature.type.kind === 'error'))
      return undefined;
    const message = `the table \`${is.each.text.trim()}\` gives one value for each of its outputs, not a list`;
    bag.error(
      'V3702',
      is.each.span,
      message,
      'write `value`, or give the table the hit policy `collect`, `ruleOrder` or `outputOrder`',
    );
    return undefined;
  }
  return withFaults(is.each, bag, (faults) => {
    const whole = parsedWhole(context, is.each, faults);
    if (whole === undefined) return undefined;
    if (whole.kind !== 'list') {
      if (whole.ir.type.kind === 'error') return undefined;
      const place = { start: 0, end: is.each.text.length };
      faults.error(
        'V3702',
        place,
        `\`each\` takes a list, and this is ${typePhrase(whole.ir.type)}`,
        'name a list, or write `value`',
      );
      return undefined;
    }
    const { list } = whole;
    if (list.element.kind === 'error') return undefined;
    if (isTaken(whole.context, is.as)) {
      bag.error('V3212', is.asSpan, `\`${is.as}\` stands for something else already`, 'give the element another name');
      return undefined;
    }
    const local: LocalRef = { name: is.as, type: list.element };
    const copies = list.source.kind === 'elements' ? list.countMax : 1;
    const bodies = checkMembers(context, is.members, (sink) => {
      const inside = whole.context.inLoopOver(new Map([[is.as, local]]), copies, sink);
      inside.alias(local, list.elementKey);
      return { context: inside, facts: list.facts };
    });
    if (bodies === undefined) return undefined;
    const members = membersOf(is.members, bodies);
    const shape = shapeOf(output, whole.lets.length > 0, { kind: 'objects', members, countMax: list.countMax });
    const content = { kind: 'list', list: collected(whole, local, bodies, faults) } as const;
    return { shape, span: output.nameSpan, steps: [], content };
  });
}

/** Objects that rows of a table give: members are checked once, for any row, and then written for each. */
function checkRows(
  context: TableContext,
  output: BundleOutput,
  is: Written<'each'>,
  rows: readonly TableRow[],
  columns: ReadonlyMap<string, ScopeEntry>,
): CheckedOutput | undefined {
  const cells = new Map<FeatureRef, string>();
  const members = new Map<string, ScopeEntry>();
  for (const [name, column] of columns) {
    if (column.kind !== 'elements') continue;
    const nullable = rows.some(({ values }) => mayBeNull(values.get(name)!));
    const feature: FeatureRef = { name: `${is.as}.${name}`, type: column.type, nullable };
    cells.set(feature, name);
    members.set(name, { kind: 'feature', feature });
  }
  const names = new Map(context.scope.names).set(is.as, { kind: 'group', what: 'table', members });
  const scope: Scope = { ...context.scope, names };
  if (isTaken(contextIn(context.scope, new FaultSink(is.each, undefined), context.profile), is.as)) {
    context.bag.error('V3212', is.asSpan, `\`${is.as}\` stands for something else already`, 'give the element another name');
    return undefined;
  }
  const bodies = checkMembers(context, is.members, (sink) => ({
    context: contextIn(scope, sink, context.profile),
    facts: NO_FACTS,
  }));
  if (bodies === undefined) return undefined;
  const content = rows.map(({ guard, values }) => ({ guard, values: bodies.map((body) => inRow(body, cells, values)) }));
  const shape = shapeOf(output, false, { kind: 'objects', members: membersOf(is.members, bodies), countMax: rows.length });
  return { shape, span: output.nameSpan, steps: [], content: { kind: 'rows', rows: content } };
}

/** An expression over the cells of any row, as it is in one of them. */
function inRow(body: Ir, cells: ReadonlyMap<FeatureRef, string>, values: ReadonlyMap<string, Ir>): Ir {
  const replaced = replaceNodes(body, (node) => {
    const name = node.op === 'feature' ? cells.get(node.feature) : undefined;
    if (name === undefined || node.op !== 'feature') return undefined;
    const value = values.get(name)!;
    const { start, end, type } = node;
    if (value.op === 'constant') return { ...value, type, start, end };
    // A cell that is known not to be null is none: what tests it stands around.
    return value.op === 'feature' ? { ...value, nullable: value.nullable && node.nullable, start, end } : { ...value, start, end };
  });
  return fold(replaced, SILENT);
}

/** Checks the members of an object; undefined where one has faults (reported). */
function checkMembers(
  { bag, profile }: TableContext,
  members: readonly BundleOutputMember[],
  inside: (faults: FaultSink) => { context: Context; facts: Facts },
): Ir[] | undefined {
  const found = members.map(({ name, nameSpan, value: source }) =>
    withFaults(source, bag, (faults) => {
      const root = parseSource(source, profile, faults);
      if (root === undefined) return undefined;
      const { context, facts } = inside(faults);
      const ir = fold(context.check(root, facts).ir, SILENT);
      if (ir.type.kind === 'error' || faults.hasErrors) return undefined;
      if (outputType(ir.type) !== undefined) return ir;
      const what = ir.type.kind === 'null' ? 'always null' : typePhrase(ir.type);
      bag.error('V3701', nameSpan, `the member \`${name}\` is ${what}`, 'give it a value: a number, a text, a field');
      return undefined;
    }),
  );
  return found.every((ir) => ir !== undefined) ? (found as Ir[]) : undefined;
}

function membersOf(written: readonly BundleOutputMember[], bodies: readonly Ir[]): OutputMember[] {
  return written.map(({ name }, index) => {
    const ir = bodies[index]!;
    return { name, type: outputType(ir.type)!, nullable: mayBeNull(ir) };
  });
}

/** Checks a whole text that may be a list; undefined where it cannot be read (reported). */
function parsedWhole(
  { scope, profile }: TableContext,
  source: Source,
  faults: FaultSink,
): (ReturnType<typeof checkWhole> & { context: Context }) | undefined {
  const root = parseSource(source, profile, faults);
  if (root === undefined) return undefined;
  const context = contextIn(scope, faults, profile);
  return { ...checkWhole(context, root, NO_FACTS), context };
}

/** Gives what `work` finds, unless it reports an error; beside one, nothing is told of what is always so. */
function withFaults<T>(source: Source, bag: DiagnosticBag, work: (faults: FaultSink) => T | undefined): T | undefined {
  const own = new DiagnosticBag(Number.POSITIVE_INFINITY);
  const faults = new FaultSink(source, own);
  const result = work(faults);
  for (const fault of own.items) if (fault.code !== 'V3401' || !faults.hasErrors) bag.add(fault);
  return faults.hasErrors ? undefined : result;
}

function shapeOf({ name, description }: BundleOutput, nullable: boolean, is: OutputShape['is']): OutputShape {
  return { name, nullable, ...(description === undefined ? {} : { description }), is };
}

/** What an output of a type holds; undefined where there is none of it. */
function outputType(type: Type): OutputType | undefined {
  switch (type.kind) {
    case 'boolean':
    case 'number':
    case 'timestamp':
    case 'date':
      return { kind: type.kind };
    case 'text':
      return { kind: 'string' };
    case 'decimal':
      return { kind: 'decimal', scale: type.scale, wide: type.wide };
    case 'enum':
      return { kind: 'enum', members: type.members };
    default:
      return undefined;
  }
}
