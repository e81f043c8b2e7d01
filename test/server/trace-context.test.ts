import { expect, it } from 'vitest';
import { readTraceparent } from '#src/server/trace-context.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const read = { traceId: TRACE, parentId: PARENT };

it.each<[string | undefined, object | undefined]>([
  [`00-${TRACE}-${PARENT}-01`, { ...read, sampled: true }],
  [`00-${TRACE}-${PARENT}-00`, { ...read, sampled: false }],
  [`00-${TRACE}-${PARENT}-ff`, { ...read, sampled: true }],
  [`cc-${TRACE}-${PARENT}-01-what-comes-later`, { ...read, sampled: true }],
  [`00-${TRACE}-${PARENT}-01-more`, undefined],
  [`ff-${TRACE}-${PARENT}-01`, undefined],
  [`00-${TRACE.toUpperCase()}-${PARENT}-01`, undefined],
  [`00-${'0'.repeat(32)}-${PARENT}-01`, undefined],
  [`00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
  [`00-${TRACE}-${PARENT}`, undefined],
  ['', undefined],
  [undefined, undefined],
])('%s', (text, expected) => expect(readTraceparent(text)).toEqual(expected));
