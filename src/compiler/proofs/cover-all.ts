import { Budget } from './budget.js';
import { ColumnClasses } from './classes.js';
import type { ConditionBox, Subject } from './condition-form.js';
import { Sweep } from './sweep.js';

/** Steps for one condition: it has few boxes. */
const STEPS_MAX = 20_000;

/** True where boxes are proven to hold every point. */
export function coversAll(boxes: readonly ConditionBox[]): boolean {
  if (boxes.some((box) => box.size === 0)) return true;
  // A single box leaves something out, and so do boxes that all leave out the same.
  if (boxes.length < 2) return false;
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
