// What is written on the way through a graph: features and tables, each under a name that nothing else has.

import { Namer, toIdentifier } from '../names.js';
import { and, atom, type Code, isTrue, not } from './code.js';
import { type Constant, ofTruth, plainOf, type Scalar, type Sym, type Truth, totalCode } from './symbol.js';

export interface WrittenFeature {
  readonly name: string;
  readonly description?: string;
  readonly value: string;
}

export interface WrittenTable {
  readonly name: string;
  readonly description?: string;
  readonly hitPolicy: 'first' | 'collect';
  /** The header and the rows, as CSV has them. */
  readonly rows: readonly (readonly string[])[];
}

/** Files of features by the node that they come from. */
export class Emission {
  readonly features: { readonly file: string; readonly feature: WrittenFeature }[] = [];
  readonly tables: WrittenTable[] = [];
  readonly #namer: Namer;
  readonly #parameters = new Set<string>();
  /** Names by code, so that what is computed twice has one name. */
  readonly #byCode = new Map<string, string>();
  #file = 'features';
  #hint = 'value';

  constructor(taken: Iterable<string>) {
    this.#namer = new Namer(taken);
  }

  /** Says which node the features that follow come from. */
  within(nodeName: string): void {
    this.#file = toIdentifier(nodeName);
    this.#hint = this.#file;
  }

  /** What a value that needs a name is called where nothing better is known. */
  hint(text: string): void {
    this.#hint = toIdentifier(text);
  }

  name(wanted: string): string {
    return this.#namer.name(wanted);
  }

  /** A name for the parameter of an arrow function: the same in all of them, as long as none stands in another. */
  parameter(wanted: string): string {
    const name = this.#namer.name(wanted);
    this.#parameters.add(name);
    return name;
  }

  table(table: WrittenTable): void {
    this.tables.push(table);
  }

  /** Gives a value a name of its own, and what is known of it on to the name. */
  hoist(value: Scalar, wanted: string = this.#hint, description?: string): Scalar {
    const { code, nullable } = totalCode(value);
    const known = this.#byCode.get(code.text);
    const name = known ?? this.#namer.name(wanted);
    if (known === undefined) {
      this.#byCode.set(code.text, name);
      const feature = { name, value: code.text, ...(description === undefined ? {} : { description }) };
      this.features.push({ file: this.#file, feature });
    }
    const { type, domain, quotient, isRounded, within } = value;
    return {
      kind: 'scalar',
      type,
      code: atom(name),
      nullable,
      needs: [],
      isPath: true,
      ...(domain === undefined ? {} : { domain }),
      ...(quotient === undefined || value.needs.length > 0 ? {} : { quotient }),
      ...(isRounded === undefined ? {} : { isRounded }),
      ...(within === undefined ? {} : { within }),
    };
  }

  /** Gives the scalars of a value names: those that are paths already keep theirs. */
  define(sym: Sym, wanted: string, description?: string): Sym {
    const value = sym;
    switch (value.kind) {
      case 'scalar':
        return value.isPath && value.needs.length === 0 ? value : this.hoist(value, wanted, description);
      case 'object': {
        if (value.ask !== undefined) return value;
        const members = new Map(
          [...value.members].map(([name, member]) => [name, this.define(member, `${wanted} ${name}`, description)]),
        );
        return { ...value, members };
      }
      case 'maybe':
        return { ...value, value: this.define(value.value, wanted, description) };
      case 'items':
        return {
          kind: 'items',
          items: value.items.map(({ when, value: item }, i) => ({ when, value: this.define(item, `${wanted} ${i + 1}`) })),
        };
      default:
        return value;
    }
  }

  /** A condition under a name, so that it reads as one where many values depend on it. */
  condition(code: Code, wanted: string, description?: string): Code {
    if (/^!?[\w.]+$/.test(code.text)) return code;
    const truth: Truth = { holds: code, fails: not(code) };
    const value = ofTruth(truth);
    return value.kind === 'constant' ? code : this.hoist(value, wanted, description).code;
  }
}

/** Conditions of a path through the graph, all of which must hold. */
export function under(...codes: readonly Code[]): Code {
  return and(...codes.filter((code) => !isTrue(code)));
}

/** A scalar or constant; undefined for all else. */
export function scalarOf(sym: Sym): Scalar | Constant | undefined {
  const value = plainOf(sym);
  return value.kind === 'scalar' || value.kind === 'constant' ? value : undefined;
}
