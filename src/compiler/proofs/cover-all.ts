import { Budget } from './budget.js';
import { canonicalSet } from './canonical.js';
import { ColumnClasses, type KnownSet } from './classes.js';
import type { ConditionBox, Subject } from './condition-form.js';
import { Sweep } from './sweep.js';
import { joinSets } from './value-set.js';

/** Steps for one condition: it has few boxes. */
const STEPS_MAX = 20_000;

/** True where boxes are proven to hold every point. */
export function coversAll(boxes: readonly ConditionBox[]): boolean {
  if (boxes.some((box) => box.size === 0)) return true;
  if (leaveOut(boxes)) return false;
  const subjects = new Set<Subject>();
  for (const box of boxes) for (const subject of box.keys()) subjects.add(subject);
  const order = [...subjects];
  const columns = order.map(
    (subject) =>
      new ColumnClasses(
        subject.domain,
        boxes.map((box) => box.get(subject)?.set),
      ),
  );
  const sweep = new Sweep(
    columns.map(({ full }) => full),
    Math.max(...columns.map(({ count }) => count)),
    new Budget(STEPS_MAX),
  );
  for (const box of boxes) sweep.add(order.map((subject, d) => columns[d]!.runsOf(box.get(subject)?.set)));
  return sweep.run() === 'covered';
}

/** True where a point is seen to lie in no box: for each box one subject is chosen, and no subject takes all of its values. */
function leaveOut(boxes: readonly ConditionBox[]): boolean {
  const chosen = new Map<Subject, KnownSet>();
  for (const box of boxes) {
    let subject = [...box.keys()].find((own) => !chosen.has(own));
    subject ??= box.keys().next().value!;
    const own = box.get(subject)!.set;
    const before = chosen.get(subject);
    const joined = before === undefined ? undefined : canonicalSet(joinSets(before, own), subject.domain);
    if (joined?.isFull === true) return false;
    chosen.set(subject, joined?.set ?? own);
  }
  return true;
}
