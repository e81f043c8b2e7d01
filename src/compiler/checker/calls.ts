// Calls: the arguments of a function of the library are brought to what its parameters take, and the call becomes IR.

import { didYouMean } from '../../diagnostic/suggest.js';
import type { EsNode, Identifier } from '../estree.js';
import type { Argument, Call, LibraryEntry, Parameter, ReceiverKind } from '../library/entry.js';
import { foreignAdvice } from '../library/foreign.js';
import { functionNames } from '../library/functions.js';
import { functionOn, functionsOn } from '../library/library.js';
import { type Type, typePhrase } from '../types.js';
import { checkArgument } from './arguments.js';
import type { Context, Facts } from './context.js';
import { renaming } from './names.js';
import { type Receiver, valueReceiver } from './receiver.js';

/** Checks the arguments of a function or property, and lowers the call. */
export function callFunction(
  context: Context,
  entry: LibraryEntry,
  target: Receiver | undefined,
  nodes: readonly EsNode[],
  place: EsNode,
  facts: Facts,
): Receiver {
  const fail = (): Receiver => valueReceiver(context.fail(place));
  const { parameters } = entry;
  const least = parameters.filter(({ optional }) => optional !== true).length;
  const most = parameters.reduce((sum, { many }) => sum + (many ?? 1), 0);
  if (nodes.length < least || nodes.length > most) {
    const count = least === most ? `${least}` : `${least} to ${most}`;
    const wrong = nodes.length > most ? { start: nodes[most]!.start, end: nodes[nodes.length - 1]!.end } : place;
    const message = `\`${entry.name}\` takes ${count} argument${most === 1 ? '' : 's'}, not ${nodes.length}`;
    context.faults.error('V3501', wrong, message, `write \`${signatureOf(entry)}\``);
    return fail();
  }
  const args: Argument[] = [];
  let whole = true;
  for (const [index, node] of nodes.entries()) {
    const parameter = parameters[Math.min(index, parameters.length - 1)]!;
    const argument = checkArgument(context, entry, parameter, target, node, facts);
    if (argument === undefined) whole = false;
    else args.push(argument);
  }
  if (!whole) return fail();
  const call: Call = {
    context,
    facts,
    place,
    receiver: target?.kind === 'value' ? target.ir : undefined,
    list: target?.kind === 'list' ? target.list : undefined,
    members: target?.kind === 'tenant-list' ? target.list : undefined,
    args,
  };
  const lowered = entry.lower(call);
  if (lowered === undefined) return fail();
  return 'op' in lowered ? valueReceiver({ ...lowered, start: place.start, end: place.end }) : { kind: 'list', list: lowered };
}

/** How a function is written: `text.slice(start: number, end?: number)`. */
export function signatureOf(entry: LibraryEntry): string {
  const parameters = entry.parameters.map(({ name, type, optional, many }) => {
    const what = many === undefined ? name : `...${name}`;
    return `${what}${optional === true ? '?' : ''}: ${PARAMETER_PHRASES[type]}`;
  });
  const owner = OWNERS[entry.on as keyof typeof OWNERS] ?? '';
  return `${owner}${entry.name}${entry.property === true ? '' : `(${parameters.join(', ')})`}`;
}

const OWNERS = {
  text: 'text.',
  list: 'list.',
  Math: 'Math.',
  timestamp: 'timestamp.',
  date: 'date.',
  lists: 'lists.NAME.',
  function: '',
};

const PARAMETER_PHRASES: Readonly<Record<Parameter['type'], string>> = {
  text: 'string',
  number: 'number',
  decimal: 'decimal',
  numeric: 'number | decimal',
  timestamp: 'timestamp',
  date: 'date',
  element: 'element',
  member: 'member',
  initial: 'value',
  zone: 'zone',
  pattern: 'pattern',
  scale: 'scale',
  rounding: 'rounding',
  test: 'element => boolean',
  mapping: 'element => value',
  reducer: '(accumulator, element) => value',
};

/** Reports a function or method that there is not. @param kind what it is called on; undefined where it stands alone */
export function reportUnknownFunction(
  context: Context,
  kind: ReceiverKind | undefined,
  { name, start, end }: Identifier,
  nodes: readonly EsNode[] | undefined,
): void {
  const { faults } = context;
  const known = kind === undefined ? functionNames() : functionsOn(kind);
  const foreign = foreignAdvice(kind, name);
  const advice = foreign ?? didYouMean(name, known) ?? elsewhere(kind, name) ?? listOf(kind, known);
  const what =
    kind === undefined
      ? `\`${name}\` is not a function of the library`
      : kind === 'Math' || kind === 'lists'
        ? `${kind === 'Math' ? '`Math`' : 'a list of the tenant'} has no function \`${name}\``
        : `${typePhrase({ kind, scale: 2 } as Type)} has no ${nodes === undefined ? 'property' : 'method'} \`${name}\``;
  // A name of another language is no misspelling, whatever it resembles; one in other letters is the same name.
  const fix = foreign === undefined || known.some((other) => other.toLowerCase() === name.toLowerCase());
  faults.error('V3500', { start, end }, what, advice, fix ? renaming({ name, start, end } as Identifier, known) : undefined);
}

function elsewhere(kind: ReceiverKind | undefined, name: string): string | undefined {
  if (kind === undefined) {
    if (functionOn('Math', name) !== undefined) return `write \`Math.${name}(...)\``;
    for (const owner of ['text', 'list', 'timestamp', 'date'] as const) {
      if (functionOn(owner, name) !== undefined) return `it is a method: write \`x.${name}(...)\``;
    }
    return undefined;
  }
  if (kind === 'decimal' && functionOn('Math', name) !== undefined)
    return `write \`Math.${name}(toNumber(...))\`, or \`round(...)\``;
  return functionOn('function', name) === undefined ? undefined : `it stands alone: write \`${name}(...)\``;
}

function listOf(kind: ReceiverKind | undefined, known: readonly string[]): string | undefined {
  if (known.length === 0) return kind === undefined ? undefined : 'it has no methods; docs/FUNCTIONS.md lists what there is';
  const names = known.slice(0, 12).map((name) => `\`${name}\``);
  return `there ${known.length === 1 ? 'is' : 'are'} ${names.join(', ')}${known.length > 12 ? ', ...' : ''}`;
}
