import { ColumnClasses, type KnownSet } from './classes.js';
import type { ColumnDomain, DomainValue } from './table-form.js';

/** A value of a set that has some in the domain; one that is easy to read. */
export function valueIn(set: KnownSet, domain: ColumnDomain): DomainValue {
  const classes = new ColumnClasses(domain, [set]);
  return classes.valueOf(classes.runsOf(set));
}
