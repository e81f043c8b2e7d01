import { describe, expect, it } from 'vitest';
import { BINDING_ADDRESS, BINDING_BYTES } from '#assembly/shared/layout.js';
import { ListError, Status } from '#assembly/shared/status.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import { emitValues } from '#src/compiler/expressions.js';
import { type ListRef, modelScope } from '#src/compiler/scope.js';
import { decimalType, NUMBER } from '#src/compiler/types.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { writeList } from '#src/image/list.js';
import { EngineBox } from '../lib/image-engine.js';
import { evaluateIr, type IrValue } from '../lib/ir-evaluator.js';
import { checked, encoded, model } from './standard-world.js';

const contents: [ListRef, RegisterType.TEXT | RegisterType.F64 | RegisterType.I64, (string | number | bigint)[]][] = [
  [{ name: 'words', type: { kind: 'text', bytesMax: 1024 } }, RegisterType.TEXT, ['x', '😀', ' a,b,,c ', '']],
  [
    { name: 'amounts', type: decimalType(2, -(2n ** 63n), 2n ** 63n - 1n) },
    RegisterType.I64,
    [1234n, -100000n, 2n ** 63n - 1n, 0n],
  ],
  [{ name: 'numbers', type: NUMBER }, RegisterType.F64, [1.5, 3, 1e308]],
];
const scope = { ...modelScope(model), lists: new Map(contents.map(([ref]) => [ref.name, ref])) };

/** Payloads lie at the input's beginning, then the bindings, then the lists. */
const BINDINGS_AT = 32_768;
const box = new EngineBox({ inputBytes: 131_072 });

/** Binds the lists that an image names, in its order. */
function bind(names: readonly string[]): number {
  const bindings = box.input + BINDINGS_AT;
  let region = bindings + 4096;
  for (const [index, name] of names.entries()) {
    const [, type, values] = contents.find(([ref]) => ref.name === name)!;
    const bytes = writeList(type, values);
    box.bytes.set(bytes, region);
    expect(box.exports.verifyList(region, bytes.length)).toBe(ListError.NONE);
    box.view.setUint32(bindings + index * BINDING_BYTES + BINDING_ADDRESS, region, true);
    region = (region + bytes.length + 7) & ~7;
  }
  return bindings;
}

const isMember = (list: ListRef, value: IrValue): boolean => contents.find(([ref]) => ref === list)![2].includes(value as string);

describe('membership', () => {
  it.each<[string, unknown[]]>([
    ['lists.words.includes(s)', [false, true, true]],
    ['!lists.words.includes(t) || lists.words.includes("x")', [true, true, true]],
    ['lists.words.includes(note ?? "-")', [false, true, true]],
    ['lists.amounts.includes(amount)', [true, true, false]],
    ['lists.amounts.includes(maybeAmount ?? 0)', [true, false, false]],
    ['lists.numbers.includes(n) && lists.words.includes(t)', [true, false, true]],
    ['tags.filter(x => lists.words.includes(x)).length', [0, 2, 3]],
    ['items.some(i => lists.words.includes(i.label ?? "-") && lists.amounts.includes(i.price * 0))', [false, true, false]],
  ])('%s', (source, expected) => {
    const ir = checked(source, scope);
    const bag = new DiagnosticBag();
    const { image, lists } = emitValues(model, [ir], { spans: [] }, bag);
    expect(bag.items).toEqual([]);
    box.mustLoad(image!);
    const bindings = bind(lists!);
    const values = encoded.map(({ bytes }) => box.evaluate(bytes, { lists: bindings }));
    expect(values).toEqual(expected.map((value) => ({ status: Status.OK, values: [value] })));
    expect(encoded.map(({ object }) => evaluateIr(ir, { payload: object, isMember }))).toEqual(expected);
  });
});
