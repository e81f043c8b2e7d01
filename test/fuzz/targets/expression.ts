// Source texts of expressions: the compiler says why it refuses one, or compiles it to an image that the engine accepts and that
// has the value which the expression means.

import { Status } from '#assembly/shared/status.js';
import { RegisterType } from '#assembly/shared/value-type.js';
import { compileExpressions } from '#src/compiler/expressions.js';
import type { ListRef, Scope } from '#src/compiler/scope.js';
import { renderDiagnostic } from '#src/diagnostic/render.js';
import { writeList } from '#src/image/list.js';
import { checked, encoded, model, NOW, sameValues } from '../../compiler/standard-world.js';
import { evaluateIr, type IrValue, Undecidable } from '../../lib/ir-evaluator.js';
import { FuzzBox } from '../lib/engine.js';
import { mutateText } from '../lib/mutate-text.js';
import { plantedIn } from '../lib/planted.js';
import { listRegions, payloadRegions } from '../lib/regions.js';
import { must, type Target } from '../lib/target.js';

const lists: readonly (ListRef & { region: Uint8Array; members: readonly IrValue[] })[] = [
  { name: 'blocked', type: { kind: 'text', bytesMax: 0 }, members: ['x', 'yy', '', '😀'] },
  { name: 'limits', type: { kind: 'number' }, members: [0, 1.5, 7] },
].map((list) => ({
  ...(list as ListRef & { members: IrValue[] }),
  region: writeList(list.name === 'blocked' ? RegisterType.TEXT : RegisterType.F64, list.members as string[]),
}));
const scope: Scope = { model, names: new Map(), lists: new Map(lists.map((list) => [list.name, list])), parameters: new Map() };

const box = new FuzzBox({ imageBytesMax: 1 << 22, inputBytes: 1 << 16, outputBytes: 4096 });
const BINDINGS = box.input + 32768;

/** What is as good as the last place, on both sides: values need not be equal. */
const CLOSE = /Math\s*\.\s*(exp|expm1|log|log1p|log2|log10|pow|cbrt)\b/;

export function fuzz(data: Uint8Array): void {
  const text = new TextDecoder().decode(data);
  const strict = compileExpressions(model, [text], { profile: 'strict', scope });
  const { image, diagnostics, lists: asked = [], types } = compileExpressions(model, [text], { profile: 'standard', scope });
  for (const diagnostic of [...diagnostics, ...strict.diagnostics]) {
    const { span, fix } = diagnostic;
    for (const { start, end } of [span, ...(fix === undefined ? [] : [fix.span])]) {
      must(start >= 0 && end >= start && end <= Math.max(text.length, start + 1), `span ${start}-${end} of ${text.length}`);
    }
    renderDiagnostic(diagnostic, new Map([[span.file, data]]));
  }
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  must((image === undefined) === failed, 'an image where there are errors, or none without');
  const strictFailed = strict.diagnostics.some(({ severity }) => severity === 'error');
  must(strictFailed || !failed, 'strict accepts what standard refuses');
  if (image === undefined) return;
  must(!types.includes('error'), 'a type that is none');
  const ir = checked(text, scope);
  const regions = asked.map((name) => lists.find((list) => list.name === name)!.region);
  box.bytes.set(image, box.image);
  box.allow([{ start: box.image, end: box.image + image.length }]);
  must(box.watch(() => box.load(image)) === 0, 'the verifier refuses an image of the compiler');
  const bindings = box.bind(BINDINGS, regions);
  for (const [index, { bytes, object }] of encoded.entries()) {
    box.allow([...payloadRegions(box, image, [bytes]), ...listRegions(bindings, regions)]);
    const { status, values } = box.watch(() => box.evaluate(bytes, { now: NOW, lists: bindings }));
    const engine = status === Status.OK ? values : Status[status]!;
    let meant: IrValue[] | string;
    try {
      const isMember = (list: ListRef, value: IrValue): boolean =>
        lists.some(({ name, members }) => name === list.name && members.some((member) => member === value));
      meant = [evaluateIr(ir, { payload: object, now: NOW, isMember })];
    } catch (error) {
      if (!(error instanceof Undecidable)) throw error;
      meant = Status[error.status]!;
    }
    must(CLOSE.test(text) || sameValues(engine, meant), `payload ${index}: engine ${show(engine)}, meant ${show(meant)}`);
  }
  plantedIn(() => text);
}

function show(value: unknown): string {
  return JSON.stringify(value, (_key, own) => (typeof own === 'bigint' ? `${own}n` : Object.is(own, -0) ? '-0' : own));
}

const TOKENS = (
  'n m maybe preset amount fee big maybeAmount s t note flag maybeFlag country maybeCountry at seen maybeAt day maybeDay card items ' +
  'tags rates kinds maybeTags lists.blocked.includes( lists.limits.includes( .limit .issuer .holder .tags .price .discount .quantity ' +
  '.kind .sku .label .sold .fragile .card x i a null true false 1 0 0.5 1e3 100 -1 "US" "x" "" "2026-01-01" "UTC" "Europe/Berlin" ' +
  '"half-even" "half-up" "down" "up" `a${s}b` ( ) [ ] , => ? : ?. ?? ! - + * / % === !== < <= > >= && || . .length .includes( ' +
  '.some(x=> .every(i=> .filter(x=> .map(i=> .reduce((a,i)=> .split( .slice( .trim() .trimStart() .trimEnd() .startsWith( .endsWith( ' +
  '.indexOf( .toLowerCase() .toUpperCase() .hour("UTC") .year() .month("Asia/Tokyo") .dayOfWeek() .dayOfYear("UTC") .daysSince( ' +
  '.secondsSince( .startOfDay("UTC") .endOfDay("America/New_York") .toDate("UTC") Math.max( Math.min( Math.abs( Math.floor( Math.pow( ' +
  'Math.round( Math.log( Math.exp( Math.sqrt( Math.sign( Math.trunc( Math.hypot( divide( round( toNumber( toDecimal( matches( now'
).split(' ');

const SEEDS = [
  'n > 1 && m < 3 || flag',
  'maybe ?? n + 1',
  'card?.holder?.limit ?? card?.limit ?? 0',
  'items.filter(x => x.price > 1).map(x => x.price * 2).reduce((a, p) => a + p, 0)',
  'tags.some(x => x.toUpperCase().includes("X")) ? "a" : `b${s.trim()}`',
  's.split(",").map(x => x.trim().length).reduce((a, c) => a + c, 0)',
  'divide(amount, fee, 4, "half-even") > round(amount, 1, "down")',
  'toDecimal(n, 2, "half-up") + amount',
  'at.startOfDay("Europe/Berlin") < seen && at.hour("America/New_York") > 5 && day.daysSince("2020-02-29") % 7 === 0',
  'at.toDate("Asia/Tokyo").dayOfYear() + seen.secondsSince(at) + seen.year("UTC")',
  'matches(s, "^(a|b)+,?[^x-z]*$") || matches(t, "\\\\p{L}+")',
  '["US", "GB"].includes(country) && [1, 2, n].some(x => x > m)',
  's.slice(1, -1).indexOf(t) + s.length - s.toLowerCase().length',
  'lists.blocked.includes(t) || lists.limits.includes(n)',
  'Math.max(n, m, Math.abs(n), Math.floor(m / 3)) + Math.pow(n, 2) + Math.round(m)',
  'kinds !== null && kinds.every(x => x === "US") && maybeTags?.length === 1',
  'items.map(x => x.sku.slice(0, 2) + s).some(x => x === t)',
  'amount % fee + big * 2 - maybeAmount',
  'maybe === null || maybe > 2',
  'note !== null && note.length > n',
  'maybeFlag === null ? flag : maybeFlag',
  'divide(fee, 2, 3, "half-even")',
];

export const target: Target = {
  name: 'expression',
  fuzz,
  isText: true,
  seeds: () => SEEDS,
  dictionary: TOKENS,
  mutate: (data, random) => mutateText(data, random, TOKENS),
  bytesMax: 600,
};
