// Payloads: the engine accepts exactly what the reader accepts, and every expression over one has the value that the evaluator has
// over what the reader reads.

import { Status } from '#assembly/shared/status.js';
import { emitValues } from '#src/compiler/expressions.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { readPayload } from '#src/schema/reader.js';
import { checked, encoded, meantValues, model, NOW, sameValues } from '../../compiler/standard-world.js';
import { FuzzBox } from '../lib/engine.js';
import { mutateTables } from '../lib/mutate-table.js';
import { plantedIn } from '../lib/planted.js';
import { payloadRegions } from '../lib/regions.js';
import { must, type Target } from '../lib/target.js';

const SOURCES = [
  ...['n', 'm', 'maybe', 'preset', 'amount', 'fee', 'big', 'maybeAmount', 's', 't', 'note', 'flag', 'maybeFlag', 'at', 'seen'],
  ...[
    'maybeAt',
    'day',
    'maybeDay',
    'country === "US"',
    'maybeCountry === "DE"',
    'card?.limit',
    'card?.issuer',
    'card?.holder?.limit',
  ],
  'card !== null ? card.tags.length : null',
  'items.length',
  'items.map(i => i.price).reduce((a, p) => Math.max(a, p), -1000)',
  'items.some(i => i.sku === "none")',
  'items.filter(i => i.discount !== null).length',
  'items.reduce((a, i) => a + i.quantity, 0)',
  'items.some(i => i.kind === "DE" && i.card !== null && i.card.limit > 0)',
  'items.map(i => i.tags.length).reduce((a, c) => a + c, 0)',
  'items.some(i => i.sold !== null && i.sold > at)',
  'items.filter(i => i.label !== null && i.label > "m").length',
  'tags.some(g => g === s)',
  'tags.reduce((a, g) => a + g.length, 0)',
  'rates.reduce((a, r) => a + r, 0)',
  'kinds?.length',
  'maybeTags?.some(g => g === "yy")',
];

const irs = SOURCES.map((source) => checked(source));
const bag = new DiagnosticBag();
const { image } = emitValues(model, irs, { spans: irs.map(() => ({ file: 'expression', start: 0, end: 0 })) }, bag);
if (image === undefined) throw new Error(bag.items.map(({ message }) => message).join('; '));
const box = new FuzzBox({ imageBytesMax: image.length + 4096 });
box.allow([{ start: box.image, end: box.image + image.length }]);
box.mustLoad(image);

export function fuzz(data: Uint8Array): void {
  const read = readPayload(model, data);
  const shift = data.length & 7;
  box.allow(payloadRegions(box, image!, [data], shift));
  const { status, values } = box.watch(() => box.evaluate(data, { now: NOW, shift }));
  if (!read.ok) {
    must(status === Status.INVALID_PAYLOAD, `the reader refuses ${read.path}: ${read.message}; the engine says ${Status[status]}`);
    return;
  }
  const engine = status === Status.OK ? values : Status[status]!;
  must(engine !== 'INVALID_PAYLOAD', 'the engine refuses what the reader accepts');
  const meant = meantValues(irs, read.value);
  must(sameValues(engine, meant), `values differ: ${String(engine)} and ${String(meant)}`);
  plantedIn(() => String(read.value.s));
}

export const target: Target = {
  name: 'payload',
  fuzz,
  seeds: () => encoded.map(({ bytes }) => bytes),
  mutate: mutateTables,
  bytesMax: 4096,
};
