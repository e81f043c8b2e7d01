// All inputs of a table as one grid of classes, and its rows as boxes in it.

import { ColumnClasses } from './classes.js';
import { commonRuns, type Runs, runsContain, runsEqual, runsMeet, runsWithout } from './runs.js';
import type { DomainValue, Region, TableForm } from './table-form.js';
import { setHas } from './value-set.js';

/** A set of classes for each dimension: the points that lie in all of them. */
export type Box = readonly Runs[];

/** True where the two share a point (of the grid). */
export function boxesMeet(a: Box, b: Box): boolean {
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d] && !runsMeet(a[d]!, b[d]!)) return false;
  return true;
}

/** True where `outer` has every point of `inner`. */
export function boxContains(outer: Box, inner: Box): boolean {
  for (let d = 0; d < outer.length; d++) if (outer[d] !== inner[d] && !runsContain(outer[d]!, inner[d]!)) return false;
  return true;
}

/** The points of both. */
export function commonBox(a: Box, b: Box): Box {
  return a.map((runs, d) => (runs === b[d] ? runs : commonRuns(runs, b[d]!)));
}

/** The grid of a table. */
export class TableSpace {
  readonly columns: readonly ColumnClasses[];
  readonly full: Box;
  /** Classes of the dimension that has most. */
  readonly classesMax: number;
  /** The inputs of each row; opaque cells take everything, so that a row with one matches at most these. */
  readonly boxes: readonly Box[];
  /** Rows of which the cells do not say all. */
  readonly opaque: readonly boolean[];
  /** Dimensions in which some row has an opaque cell. */
  readonly opaqueColumns: readonly boolean[];
  /** Boxes of points that no payload is: a field that is there inside an object that is not. Together they are all of them. */
  readonly impossible: readonly Box[];
  readonly #form: TableForm;
  /** By object: the dimensions that lie in it, or deeper. */
  readonly #inside: number[][];

  constructor(form: TableForm) {
    this.#form = form;
    const { dimensions, rows } = form;
    const ofColumn = (d: number) => rows.map(({ cells }) => cells[d]);
    this.columns = dimensions.map(({ domain }, d) => new ColumnClasses(domain, ofColumn(d)));
    this.full = this.columns.map(({ full }) => full);
    this.classesMax = Math.max(0, ...this.columns.map(({ count }) => count));
    this.boxes = rows.map(({ cells }) => this.columns.map((column, d) => column.runsOf(cells[d])));
    this.opaque = rows.map((row) => row.opaque === true || row.cells.some((cell) => cell?.kind === 'opaque'));
    this.opaqueColumns = dimensions.map((_, d) => rows.some(({ cells }) => cells[d]?.kind === 'opaque'));
    this.#inside = form.objects.map(() => []);
    for (const [d, { object }] of dimensions.entries()) {
      for (let o = object; o !== undefined; o = form.objects[o]!.inside) this.#inside[o]!.push(d);
    }
    this.impossible = this.#impossibleBoxes();
  }

  /** True where null says that the field's object is null. */
  #isBound(d: number): boolean {
    const { object, ownNull } = this.#form.dimensions[d]!;
    return object !== undefined && ownNull !== true && this.columns[d]!.nullClass >= 0;
  }

  #nullRuns(d: number): Runs {
    const { nullClass } = this.columns[d]!;
    return Int32Array.of(nullClass, nullClass + 1);
  }

  #impossibleBoxes(): Box[] {
    const boxes: Box[] = [];
    for (const [a, { object }] of this.#form.dimensions.entries()) {
      if (!this.#isBound(a)) continue;
      for (const b of this.#inside[object!]!) {
        if (b === a) continue;
        const box = [...this.full];
        box[a] = this.#nullRuns(a);
        box[b] = this.columns[b]!.nullClass < 0 ? this.full[b]! : runsWithout(this.full[b]!, this.#nullRuns(b));
        boxes.push(box);
      }
    }
    return boxes;
  }

  /** A point of a box; undefined where it has none that is possible. Null where nothing is asked, so that payloads are small. */
  pointOf(box: Box): DomainValue[] | undefined {
    if (box.some((runs) => runs.length === 0)) return undefined;
    const { dimensions, objects } = this.#form;
    // An object is absent where a field that is always in it is null, and where nothing is asked of what lies in it.
    const isAbsent = objects.map((_, o) =>
      this.#inside[o]!.every((d) => runsEqual(box[d]!, this.full[d]!) && this.columns[d]!.nullClass >= 0),
    );
    for (const [d, { object }] of dimensions.entries()) {
      if (this.#isBound(d) && !this.columns[d]!.hasValue(box[d]!)) isAbsent[object!] = true;
    }
    for (const [o, { inside }] of objects.entries()) {
      for (let around = inside; around !== undefined; around = objects[around]!.inside) if (isAbsent[around]) isAbsent[o] = true;
    }
    const point: DomainValue[] = [];
    for (const [d, { object }] of dimensions.entries()) {
      const column = this.columns[d]!;
      const runs = box[d]!;
      const nothingAsked = object === undefined && column.nullClass >= 0 && runsEqual(runs, column.full);
      if (nothingAsked || (object !== undefined && isAbsent[object])) {
        if (!column.hasNull(runs)) return undefined;
        point.push(null);
      } else {
        point.push(column.valueOf(runs));
      }
    }
    return point;
  }

  /** True where the cells of a row take a point; opaque ones take all. */
  takes(row: number, point: readonly DomainValue[]): boolean {
    return this.#form.rows[row]!.cells.every((cell, d) => cell === undefined || cell.kind === 'opaque' || setHas(cell, point[d]!));
  }

  /** A box as the sets that it is made of. */
  regionOf(box: Box): Region {
    return box.map((runs, d) => this.columns[d]!.setOf(runs));
  }

  /** True where every point that the free dimensions have in the box is an input, whatever the others come to. */
  isCertain(box: Box): boolean {
    return this.#form.dimensions.every(({ free }, d) => free || runsEqual(box[d]!, this.full[d]!));
  }
}
