// How fields are called, and how an expression writes them. Where a word has a meaning of its own, a field of that name at the root
// is written behind the name of the payload: `payload.class`. Behind a point any word may stand.

import type { Field, Model } from './model.js';

/** The name of the payload in expressions. Whatever a model or a bundle calls so comes first. */
export const PAYLOAD_NAME = 'payload';

/** Words of TypeScript, which no expression can use as a name. */
const WORDS =
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function if ' +
  'implements import in instanceof interface let new null package private protected public return static super switch this throw ' +
  'true try typeof var void while with yield arguments eval undefined NaN Infinity';

/** Words that name nothing that a bundle defines. */
export const TYPESCRIPT_WORDS: ReadonlySet<string> = new Set(WORDS.split(' '));

/** What an expression means by a word whatever fields there are: a field of the root is never meant. */
const MEANINGFUL: ReadonlySet<string> = new Set([...TYPESCRIPT_WORDS, 'now', 'Math']);

const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The name that JavaScript's objects keep for themselves: what is sent under it does not arrive where objects are copied. */
const PROTOTYPE = '__proto__';

/** True for what a field may be called. */
export function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name) && name !== PROTOTYPE;
}

/** True where the word alone means something else, so that a field of the root is written behind `payload`. */
export function isBehindPayload(name: string): boolean {
  return MEANINGFUL.has(name);
}

/** A path of a field as an expression writes it: `amount`, `card.limit`, `payload.class`. */
export function writtenPath(path: string): string {
  const root = /^\w*/.exec(path)![0];
  return isBehindPayload(root) ? `${PAYLOAD_NAME}.${path}` : path;
}

/** The path of a field that an expression writes so, `payload` itself being none. @param isTaken whether a root has a meaning */
export function readPath(written: string, isTaken: (root: string) => boolean): string {
  return written.startsWith(`${PAYLOAD_NAME}.`) && !isTaken(PAYLOAD_NAME) ? written.slice(PAYLOAD_NAME.length + 1) : written;
}

/** The field that an expression reads which is nothing but its path. */
export function fieldRead({ fields }: Model, written: string): Field | undefined {
  const at = (path: string): Field | undefined => fields.find((field) => field.path === path);
  const path = readPath(written, (root) => at(root) !== undefined);
  return path === written && writtenPath(path) !== path ? undefined : at(path);
}

/** True where a field of the root can only be written behind `payload`: then nothing else may have that name. */
export function needsPayloadName(model: Model): boolean {
  return model.tables[0]!.fields.some(({ name }) => isBehindPayload(name));
}
