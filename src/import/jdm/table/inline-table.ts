// A decision table that is asked for each element of a list: choices, as no table of the bundle is asked for each element.

import { choose } from '../choose.js';
import type { Code } from '../code.js';
import { NULL, plainOf, Refusal, type Sym } from '../symbol.js';
import { Columns } from './columns.js';
import type { TableHost } from './host.js';
import { conditionOf, membersOf, readRows } from './rows.js';

const EMPTY: Sym = { kind: 'object', members: new Map() };

/** What a table computes of an element of a list. */
export function inlineTable(host: TableHost): Sym {
  if (host.content.hitPolicy !== 'first') throw new Refusal('a table that collects is asked for each element of a list');
  const taken: { when: Code; value: Sym }[] = [];
  for (const row of readRows(host, new Columns(host, false))) {
    for (const value of row.values) {
      const inner = value && plainOf(value);
      if (inner?.kind === 'refused') throw new Refusal(inner.reason);
    }
    const when = conditionOf(row, host.scope);
    if (when.text === 'false') continue;
    taken.push({ when, value: { kind: 'object', members: membersOf(row, host) } });
    if (when.text === 'true') break;
  }
  const last = taken[taken.length - 1];
  if (last === undefined) return NULL;
  let result = last.when.text === 'true' ? last.value : choose(last.when, last.value, EMPTY);
  for (const { when, value } of taken.slice(0, -1).reverse()) result = choose(when, value, result);
  return result;
}
