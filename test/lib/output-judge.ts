// What the outputs of a bundle are, written down a second time: a plain evaluator over what docs/OUTPUTS.md says. It shares nothing
// with the compiler.

import { floorDivide } from './expression-calendar.js';
import { coerce, PlainExpression } from './expression-evaluator.js';
import { joined, type Static, Statics, staticOf } from './expression-statics.js';
import { Day, Decimal, Elements, Instant, toNumber, type Value } from './expression-values.js';
import type { WrittenOutput } from './output-author.js';

type Names = ReadonlyMap<string, Value>;
/** The value of an output as JSON has it. */
type Shown = null | boolean | number | string | Shown[] | { [name: string]: Shown };

/** Rows of a table that match, in the order of its hit policy, and what their outputs are. */
export interface Rows {
  readonly type: Static;
  run(names: Names): readonly Value[];
}

export class OutputJudge {
  readonly #outputs: readonly { name: string; run(names: Names): Shown }[];

  constructor(outputs: readonly WrittenOutput[], statics: Statics, rows: ReadonlyMap<string, Rows>) {
    this.#outputs = outputs.map((output) => ({ name: output.name, run: prepared(output, statics, rows) }));
  }

  /** All outputs, nested as their names are. */
  run(names: Names): Shown {
    return nested(this.#outputs.map(({ name, run }) => [name, run(names)]));
  }
}

function prepared({ value, cases, each, as, values }: WrittenOutput, statics: Statics, rows: ReadonlyMap<string, Rows>) {
  if (each === undefined) return valueRun(cases ?? [{ value: value! }], statics);
  const table = rows.get(each);
  const list = table === undefined ? new PlainExpression(each, statics) : undefined;
  const type = table === undefined ? (staticOf(list!.tree, statics) as { element: Static }).element : table.type;
  const inner = new Statics(new Map([...statics.names, [as!, type]]));
  const members = Object.entries(values!).map(([name, source]) => [name, valueRun([{ value: source }], inner)] as const);
  return (names: Names): Shown => {
    const elements = table === undefined ? list!.run(names) : new Elements(() => table.run(names));
    if (elements === null) return null;
    return Array.from((elements as Elements).each(), (element) => {
      const own = new Map([...names, [as!, coerce(element, type)]]);
      return nested(members.map(([name, run]) => [name, run(own)]));
    });
  };
}

/** The first of the cases that holds; null where none does. */
function valueRun(cases: readonly { when?: string; value: string }[], statics: Statics): (names: Names) => Shown {
  const made = cases.map(({ when, value }) => ({
    when: when === undefined ? undefined : new PlainExpression(when, statics),
    value: new PlainExpression(value, statics, true),
  }));
  const type = made.map(({ value }) => staticOf(value.tree, statics)).reduce(joined);
  const element = typeof type === 'object' && 'element' in type ? numbers(type.element) : undefined;
  return (names) => {
    const found = made.find(({ when }) => when === undefined || when.run(names) === true)?.value.run(names) ?? null;
    if (found instanceof Elements) return Array.from(found.each(), (each) => shown(coerce(each, element!)));
    return shown(coerce(found, numbers(type)));
  };
}

const numbers = (type: Static): Static => (type === 'numeral' ? 'number' : type);

function shown(value: Value): Shown {
  // JSON knows one zero, and neither NaN nor infinities.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  // Half of a surrogate pair is no text of UTF-8.
  if (typeof value === 'string') return Buffer.from(value).toString();
  if (value instanceof Decimal) return toNumber(value);
  if (value instanceof Day) return isoOf(Number(value.days) * 86_400_000).slice(0, 10);
  if (value instanceof Instant) {
    const seconds = floorDivide(value.micros, 1_000_000n);
    const rest = String(value.micros - seconds * 1_000_000n).padStart(6, '0');
    return `${isoOf(Number(seconds) * 1000).slice(0, 19)}.${rest}Z`;
  }
  return value as null | boolean;
}

const isoOf = (millis: number): string => new Date(millis).toISOString();

/** Values by path, as objects inside one another. */
function nested(entries: readonly (readonly [string, Shown])[]): Shown {
  const whole: { [name: string]: Shown } = {};
  for (const [path, value] of entries) {
    const names = path.split('.');
    let level = whole;
    for (const name of names.slice(0, -1)) {
      level[name] ??= {};
      level = level[name] as { [name: string]: Shown };
    }
    level[names[names.length - 1]!] = value;
  }
  return whole;
}
