// What is said of an expression's variables: types of CEL, as they are written in `// @var name: type` and in YAML, and the model
// of a bundle that they make.

import type { CelSpan } from './syntax/ast.js';
import type { Nullness } from './translate/types.js';

/** Characters of a text, and elements of a list, where a type does not say how many there may be. */
const TEXT_CHARS_MAX = 1024;
const LIST_COUNT_MAX = 256;
const DEPTH_MAX = 16;

export type JsonSchema = Record<string, unknown>;

export interface Declared {
  readonly schema: JsonSchema;
  /** Paths below it that are uint; '' is itself. */
  readonly uints: readonly string[];
}

/** What is wrong with the text of a type; its place is in that text. */
export class DeclarationFault extends Error {
  constructor(
    readonly span: CelSpan,
    message: string,
    readonly advice?: string,
  ) {
    super(message);
  }
}

const TOKEN = /\s*(?:([A-Za-z_][A-Za-z0-9_.]*)|(-?[0-9]+(?:\.[0-9]+)?)|"((?:[^"\\]|\\.)*)"|([(){}<>,:?|]))/y;
const KNOWN = '`bool`, `int`, `uint`, `double`, `string`, `timestamp`, `list(T)`, `enum("A", "B")`, `{ name: T }`';

/** The type that a text names. Throws DeclarationFault. */
export function parseType(text: string): Declared {
  return new TypeParser(text).whole();
}

class TypeParser {
  #at = 0;
  #token = '';
  #kind: 'name' | 'number' | 'text' | 'mark' | 'end' = 'end';
  #start = 0;

  constructor(private readonly text: string) {
    this.#next();
  }

  whole(): Declared {
    const type = this.#type(0);
    if (this.#kind !== 'end') throw this.#fault(`\`${this.#token}\` has no place here`);
    return type;
  }

  #next(): void {
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.text);
    if (found === null) {
      this.#start = this.text.length - this.text.slice(this.#at).trimStart().length;
      this.#token = this.text.slice(this.#start);
      this.#kind = this.#token === '' ? 'end' : 'mark';
      this.#at = this.text.length;
      return;
    }
    const index = found.slice(1).findIndex((group) => group !== undefined);
    this.#kind = (['name', 'number', 'text', 'mark'] as const)[index]!;
    this.#token = found[index + 1]!;
    this.#at = TOKEN.lastIndex;
    this.#start = this.#at - found[0].trimStart().length;
  }

  #fault(message: string, advice?: string): DeclarationFault {
    return new DeclarationFault({ start: this.#start, end: Math.max(this.#at, this.#start) }, message, advice);
  }

  #is(mark: string): boolean {
    return this.#kind === 'mark' && this.#token === mark;
  }

  #take(mark: string): boolean {
    const found = this.#is(mark);
    if (found) this.#next();
    return found;
  }

  #expect(mark: string): void {
    if (!this.#take(mark))
      throw this.#fault(
        this.#kind === 'end' ? `\`${mark}\` is missing at the end` : `\`${mark}\` is expected, not \`${this.#token}\``,
      );
  }

  /** A type, or one `| null`. */
  #type(depth: number): Declared {
    if (depth > DEPTH_MAX) throw this.#fault(`types stand more than ${DEPTH_MAX} deep inside one another`);
    const type = this.#is('{') ? this.#object(depth) : this.#named(depth);
    if (!this.#take('|')) return type;
    if (this.#token !== 'null') throw this.#fault('a type can only be joined with `null`');
    this.#next();
    return { ...type, schema: { ...type.schema, type: [type.schema.type, 'null'] } };
  }

  #named(depth: number): Declared {
    const name = this.#token;
    if (this.#kind !== 'name') throw this.#fault('a type is expected', `the types are ${KNOWN}`);
    const fault = this.#fault(`the type \`${name}\` is missing`, `the types are ${KNOWN}`);
    this.#next();
    const plain = (schema: JsonSchema): Declared => ({ schema, uints: [] });
    switch (name) {
      case 'bool':
        return plain({ type: 'boolean' });
      case 'double':
        return plain({ type: 'number' });
      case 'timestamp':
      case 'google.protobuf.Timestamp':
        return plain({ type: 'string', format: 'date-time' });
      case 'int':
      case 'uint': {
        const [minimum, maximum] = this.#numbers(2);
        const low = minimum ?? (name === 'uint' ? 0 : undefined);
        const bounds = { ...(low === undefined ? {} : { minimum: low }), ...(maximum === undefined ? {} : { maximum }) };
        // Numbers of JavaScript where they are certain to hold them, which reads better; else 64 bits.
        const isSmall = minimum !== undefined && maximum !== undefined;
        const schema = { type: 'integer', ...(isSmall ? {} : { format: 'int64' }), ...bounds };
        return { schema, uints: name === 'uint' ? [''] : [] };
      }
      case 'string': {
        const [maxLength = TEXT_CHARS_MAX] = this.#numbers(1);
        return plain({ type: 'string', maxLength });
      }
      case 'enum':
        return plain({ type: 'string', enum: this.#texts() });
      case 'list': {
        const close = this.#take('<') ? '>' : ')';
        if (close === ')') this.#expect('(');
        const element = this.#type(depth + 1);
        let maxItems = LIST_COUNT_MAX;
        if (this.#take(',')) maxItems = this.#number();
        this.#expect(close);
        return { schema: { type: 'array', maxItems, items: element.schema }, uints: element.uints.map((path) => `[]${path}`) };
      }
      default:
        throw fault;
    }
  }

  #numbers(max: number): number[] {
    if (!this.#take('(')) return [];
    const numbers = [this.#number()];
    while (numbers.length < max && this.#take(',')) numbers.push(this.#number());
    this.#expect(')');
    return numbers;
  }

  #number(): number {
    if (this.#kind !== 'number') throw this.#fault('a number is expected');
    const value = Number(this.#token);
    if (!Number.isSafeInteger(value)) throw this.#fault('a bound is an integer of at most 2^53');
    this.#next();
    return value;
  }

  #texts(): string[] {
    const texts: string[] = [];
    this.#expect('(');
    do {
      if (this.#kind !== 'text') throw this.#fault('a text in double quotes is expected');
      try {
        texts.push(JSON.parse(`"${this.#token}"`) as string);
      } catch {
        throw this.#fault('the text has an escape that is none');
      }
      this.#next();
    } while (this.#take(','));
    this.#expect(')');
    return texts;
  }

  #object(depth: number): Declared {
    this.#expect('{');
    const members = new Map<string, { type: Declared; isOptional: boolean }>();
    while (!this.#take('}')) {
      if (this.#kind !== 'name' || this.#token.includes('.')) throw this.#fault('the name of a field is expected');
      const name = this.#token;
      if (members.has(name)) throw this.#fault(`\`${name}\` stands twice`);
      this.#next();
      const isOptional = this.#take('?');
      this.#expect(':');
      members.set(name, { isOptional, type: this.#type(depth + 1) });
      if (!this.#take(',') && !this.#is('}')) throw this.#fault('`,` or `}` is expected');
    }
    return objectOf(members);
  }
}

/** An object of named types. */
export function objectOf(members: ReadonlyMap<string, { type: Declared; isOptional: boolean }>): Declared {
  const required = [...members].flatMap(([name, { isOptional }]) => (isOptional ? [] : [name]));
  const properties = Object.fromEntries([...members].map(([name, { type }]) => [name, type.schema]));
  return {
    schema: { type: 'object', ...(required.length === 0 ? {} : { required }), properties },
    uints: [...members].flatMap(([name, { type }]) => type.uints.map((path) => joinPath(name, path))),
  };
}

function joinPath(name: string, path: string): string {
  return path === '' || path.startsWith('[]') ? `${name}${path}` : `${name}.${path}`;
}

/** Whether fields of a schema may be absent or null, by their paths in the model. */
export function nullnessOf(schema: JsonSchema): ReadonlyMap<string, Nullness> {
  const found = new Map<string, Nullness>();
  const walk = (given: unknown, path: string): void => {
    if (typeof given !== 'object' || given === null) return;
    const { properties, required, items } = given as { properties?: object; required?: unknown; items?: unknown };
    const names = Array.isArray(required) ? required : [];
    for (const [name, member] of Object.entries(properties ?? {})) {
      const at = path === '' ? name : `${path}.${name}`;
      const type: unknown = (member as JsonSchema | null)?.type;
      const isNullable = Array.isArray(type) && type.includes('null');
      if (isNullable) found.set(at, names.includes(name) ? 'null' : 'either');
      else if (!names.includes(name)) found.set(at, 'absent');
      walk(member, at);
    }
    if (items !== undefined) walk(items, `${path}[]`);
  };
  walk(schema, '');
  return found;
}
