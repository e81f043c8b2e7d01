import { describe, expect, it } from 'vitest';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { type NumberPolicy, schemaOf, shapeOf } from '#src/import/infer-model.js';
import { readModel } from '#src/schema/read-model.js';

function check(payloads: readonly Record<string, unknown>[], properties: object, numbers: NumberPolicy = 'decimal'): void {
  const omitted: string[] = [];
  const schema = schemaOf(shapeOf(payloads), { numbers }, (path) => omitted.push(path)) as { properties: object };
  expect({ ...schema.properties, ...(omitted.length > 0 ? { omitted } : {}) }).toEqual(properties);
}

describe('schemaOf', () => {
  const million = { minimum: -1_000_000, maximum: 1_000_000 };
  it('tells integers from decimals, with room', () => {
    check([{ a: 5, b: 0.25 }], {
      a: { type: 'integer', format: 'int64', ...million },
      b: { type: 'number', multipleOf: 0.01, ...million },
    });
    check([{ a: 5 }, { a: 123_456.5 }], { a: { type: 'number', multipleOf: 0.1, minimum: -1e9, maximum: 1e9 } });
    check([{ a: 1e-7 }, { a: 1e15 }], { a: { type: 'number', multipleOf: 1e-7, minimum: -1e11, maximum: 1e11 } });
    check([{ a: 5 }], { a: { type: 'number' } }, 'float');
  });
  it('gives texts and lists room', () => {
    check([{ a: 'x'.repeat(17), b: ['x'] }], {
      a: { type: 'string', maxLength: 256 },
      b: { type: 'array', maxItems: 64, items: { type: 'string', maxLength: 64 } },
    });
  });
  it('leaves out what no field can be', () => {
    check([{ a: [{}, {}] }], { a: { type: 'array', maxItems: 64, items: { type: 'object', properties: {} } } });
    check([{ a: 1, b: {}, c: [], d: [[1]], e: null }, { a: 'x' }], { omitted: ['a', 'b', 'c', 'd', 'e'] });
  });
  it('requires what is always there and never null', () => {
    const payloads = [
      { a: 1, b: 2, c: 3 },
      { a: 1, c: null, d: { x: 1 } },
      { a: 1, c: 1, d: { x: 1, y: 2 } },
    ];
    expect(schemaOf(shapeOf(payloads), { numbers: 'float' })).toMatchObject({
      required: ['a'],
      properties: { d: { required: ['x'] } },
    });
  });
  it('gives a model', () => {
    const bag = new DiagnosticBag();
    const payload = { a: 1e-9, b: [{ c: 'x', big: 1e18 }], d: { e: true }, f: Number.MAX_VALUE, g: 1e-300, h: 12.345 };
    const schema = schemaOf(shapeOf([payload]), { numbers: 'decimal' });
    const model = readModel(schema, undefined, () => ({ file: 'model', start: 0, end: 0 }), bag);
    expect(bag.items).toEqual([]);
    expect(model?.tables[0]?.fields.map(({ name }) => name)).toEqual(['a', 'b', 'd', 'f', 'g', 'h']);
  });
});
