// One model with a field of every kind, and what expressions over it give: type, and faults as `CODE@text`.

import { blobMaker } from '#src/compiler/blob-maker.js';
import { checkSource } from '#src/compiler/check-rules.js';
import { disassemble } from '#src/compiler/disassemble.js';
import { Emitter } from '#src/compiler/emit-bytecode.js';
import type { Ir } from '#src/compiler/ir.js';
import { Registers } from '#src/compiler/registers.js';
import { looseSource } from '#src/compiler/source.js';
import { typeName } from '#src/compiler/types.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { modelOf } from '../lib/model.js';

const countries = { type: 'string', enum: ['US', 'GB', 'DE'] };

export const model = modelOf({
  type: 'object',
  required: [
    'n',
    'm',
    'i',
    'amount',
    'fee',
    'open',
    's',
    't',
    'flag',
    'other',
    'country',
    'home',
    'brand',
    'at',
    'seen',
    'birthday',
  ],
  properties: {
    n: { type: 'number' },
    m: { type: 'number' },
    i: { type: 'integer', minimum: 0, maximum: 100 },
    maybe: { type: 'number' },
    amount: { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1000000 },
    fee: { type: 'number', multipleOf: 0.001, minimum: -10, maximum: 10 },
    maybeAmount: { type: 'number', multipleOf: 0.01 },
    open: { type: 'integer', format: 'int64' },
    s: { type: 'string', maxLength: 20 },
    t: { type: 'string', maxLength: 20 },
    maybeText: { type: 'string', maxLength: 20 },
    long: { type: 'string', maxLength: 10000 },
    flag: { type: 'boolean' },
    other: { type: 'boolean' },
    maybeFlag: { type: 'boolean' },
    defaulted: { type: 'number', default: 3 },
    country: countries,
    home: countries,
    maybeCountry: countries,
    brand: { type: 'string', enum: ['VISA', 'AMEX'] },
    at: { type: 'string', format: 'date-time' },
    seen: { type: 'string', format: 'date-time' },
    maybeAt: { type: 'string', format: 'date-time' },
    birthday: { type: 'string', format: 'date' },
    card: {
      type: 'object',
      required: ['limit'],
      properties: {
        limit: { type: 'number' },
        issuer: { type: 'string', maxLength: 8 },
        holder: { type: 'object', properties: { age: { type: 'integer' } } },
      },
    },
    shop: { type: 'object', required: ['risk'], properties: { risk: { type: 'number' } } },
  },
});

export interface Checked {
  ir: Ir | undefined;
  type: string | undefined;
  /** `V3201@ammount`: code and the text its span covers; warnings end in `?`. */
  faults: string[];
  advice: (string | undefined)[];
  /** There is an error among the faults. */
  failed: boolean;
}

/** Checks and folds one expression. */
export function check(text: string): Checked {
  const bag = new DiagnosticBag();
  const ir = checkSource(looseSource('expression', text), model, 'strict', bag);
  return {
    ir,
    type: ir === undefined ? undefined : typeName(ir.type),
    faults: bag.items.map(
      ({ code, span, severity }) => `${code}@${text.slice(span.start, span.end)}${severity === 'warning' ? '?' : ''}`,
    ),
    advice: bag.items.map(({ advice }) => advice),
    failed: bag.hasErrors,
  };
}

/** The bytecode of a rule with this condition, as text; registers have the names of fields. */
export function listing(text: string, endAfterHit: boolean): string {
  const { ir, faults } = check(text);
  if (ir === undefined) throw new Error(faults.join(' '));
  const registers = new Registers(model, [ir]);
  const names = new Map<number, string>();
  for (const field of model.fields) {
    const register = registers.ofField[field.index]!;
    if (register !== 65535) names.set(register, field.path);
  }
  if (registers.now !== 65535) names.set(registers.now, 'now');
  const emitter = new Emitter(registers, blobMaker);
  emitter.textKeys([ir]);
  emitter.rule([ir], 0, endAfterHit);
  emitter.end();
  const options = { registers: registers.descriptors, constants: emitter.constants.toBytes(), names };
  return disassemble(emitter.code.toBytes(), options)
    .split('\n')
    .map((line) => line.trim().replace(/ +/g, ' '))
    .join('\n');
}
