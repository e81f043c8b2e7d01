// Payloads for comparing an imported bundle with its original: drawn from the model, at and beside the values that the rules name.

import { parse } from 'yaml';
import type { Imported } from './imported.js';

/** Values that the rules compare a field with, by its path. */
export type Constants = ReadonlyMap<string, readonly (string | number | boolean)[]>;

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly multipleOf?: number;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Share of values that are those of rules, or next to them. */
const CONSTANT_SHARE = 0.8;
const ABSENT_SHARE = 0.1;
const NULL_SHARE = 0.15;
/** Share of numbers that lie anywhere between the bounds of their field, where it has both. */
const SPREAD_SHARE = 0.5;
const ITEMS_MAX = 4;
const NUMBER_MAX = 1000;
const WORDS = ['', 'a', 'other', 'Anna Example', 'x@example.com', '0'] as const;

/** Draws so many payloads of an imported bundle's model, at and beside what its rules compare with. */
export function drawPayloadsOf(
  { files, constants }: Pick<Imported, 'files' | 'constants'>,
  count: number,
  random: () => number,
): Generator<Record<string, unknown>> {
  const document = (path: string): unknown => parse(new TextDecoder().decode(files.get(path)));
  const { model } = document('bundle.yaml') as { model: string };
  return drawPayloads(document(model) as object, constants ?? new Map(), count, random);
}

/**
 * Draws so many payloads of a model.
 * @param schema the model, as an importer writes it
 * @param random gives numbers from 0 to below 1; equal ones give equal payloads
 */
export function* drawPayloads(
  schema: object,
  constants: Constants,
  count: number,
  random: () => number,
): Generator<Record<string, unknown>> {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const number = ({ multipleOf, minimum, maximum, ...node }: Schema, known: readonly number[]): number => {
    const step = multipleOf ?? (typeOf(node) === 'integer' ? 1 : 0.01);
    const isSpread = minimum !== undefined && maximum !== undefined && random() < SPREAD_SHARE;
    const anywhere = (): number => (isSpread ? minimum + random() * (maximum - minimum) : random() * NUMBER_MAX);
    const base = known.length > 0 && random() < CONSTANT_SHARE ? pick(known) + pick([-step, 0, 0, step]) : anywhere();
    const whole = Number((Math.round(base / step) * step).toFixed(9));
    return Math.min(maximum ?? whole, Math.max(minimum ?? whole, whole));
  };
  const draw = (node: Schema, path: string): unknown => {
    const known = constants.get(path) ?? [];
    if (typeof node.type === 'object' && node.type.includes('null') && random() < NULL_SHARE) return null;
    if (node.enum !== undefined) return pick(node.enum);
    switch (typeOf(node)) {
      case 'object': {
        const result: Record<string, unknown> = {};
        for (const [name, member] of Object.entries(node.properties ?? {})) {
          const isRequired = node.required?.includes(name) === true;
          if (isRequired || random() >= ABSENT_SHARE) result[name] = draw(member, path === '' ? name : `${path}.${name}`);
        }
        return result;
      }
      case 'array':
        return Array.from({ length: Math.floor(random() * (Math.min(ITEMS_MAX, node.maxItems ?? ITEMS_MAX) + 1)) }, () =>
          draw(node.items ?? {}, `${path}[]`),
        );
      case 'boolean':
        return random() < 0.5;
      case 'number':
      case 'integer':
        return number(
          node,
          known.filter((value): value is number => typeof value === 'number'),
        );
      default: {
        if (node.format === 'date')
          return `20${10 + Math.floor(random() * 20)}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`;
        if (node.format === 'date-time')
          return `20${10 + Math.floor(random() * 20)}-0${1 + Math.floor(random() * 9)}-15T1${Math.floor(random() * 10)}:30:00Z`;
        const texts = known.filter((value): value is string => typeof value === 'string');
        const wanted = texts.length === 0 || random() >= CONSTANT_SHARE ? pick(WORDS) : pick(texts);
        const isWhole = texts.length === 0 || random() < CONSTANT_SHARE;
        const text = isWhole ? wanted : pick([`${wanted}x`, `x${wanted}`, wanted.toLowerCase(), wanted.slice(1)]);
        return text.slice(0, node.maxLength);
      }
    }
  };
  for (let i = 0; i < count; i++) yield draw(schema as Schema, '') as Record<string, unknown>;
}

/** The type beside null. */
function typeOf({ type }: Schema): string | undefined {
  return typeof type === 'object' ? type.find((name) => name !== 'null') : type;
}
