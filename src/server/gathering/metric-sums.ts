// Metrics of several threads or processes as one: counts, histograms and what may be added are added up; of what may not (how late
// an event loop is, when a process began), each has a sample of its own, with its name as a label.

import { Histogram } from '../../observe/histogram.js';
import { bucketSamples, type Sample, type Sampled } from '../metric-samples.js';
import type { Counted, Head, How } from './snapshot.js';

interface Cell extends Sample {
  /** In place of the value. */
  histogram: Histogram | undefined;
}

interface Family {
  readonly head: Omit<Head, 'series'>;
  readonly cells: Map<string, Cell>;
}

export class MetricSums {
  private readonly families = new Map<string, Family>();

  /** @param own label of what cannot be summed */
  add({ heads, values }: Counted, own: Record<string, string>): void {
    this.take(heads, values, own, () => true);
  }

  /** Adds what stays when the one that has counted it is gone: what it has done, and not what it had. */
  addTotals({ heads, values }: Counted): void {
    this.take(heads, values, {}, ({ type, how }) => how === 'sum' && type !== 'gauge');
  }

  /** Adds what others come to. */
  addAll(others: MetricSums): void {
    for (const { head, cells } of others.families.values()) {
      for (const [key, { labels, metricName, value, histogram }] of cells) {
        const cell = this.cellOf(head, key, labels, metricName);
        if (histogram === undefined) combine(cell, value, head.how);
        else cell.histogram?.add(histogram);
      }
    }
  }

  /** All of it, for the text. */
  sampled(): Sampled[] {
    return [...this.families.values()].map(({ head: { name, type, help, scale }, cells }) => ({
      ...{ name, type, help, aggregator: 'sum' },
      values: [...cells.values()].flatMap((cell) =>
        scale === undefined || cell.histogram === undefined ? [cell] : bucketSamples(name, cell.labels, cell.histogram, scale),
      ),
    }));
  }

  private take(
    heads: Counted['heads'],
    values: Float64Array,
    own: Record<string, string>,
    isWanted: (head: Omit<Head, 'series'>) => boolean,
  ): void {
    let at = 0;
    const next = (): number => {
      const value = values[at++];
      if (value === undefined) throw new Error('a snapshot has less values than its heads say');
      return value;
    };
    for (const { series, keys, ...head } of heads) {
      const wanted = isWanted(head);
      for (const [i, { labels, metricName }] of series.entries()) {
        const isOwn = head.how === 'own';
        const key = isOwn ? `${keys[i]} ${JSON.stringify(own)}` : (keys[i] as string);
        const cell = wanted ? this.cellOf(head, key, isOwn ? { ...labels, ...own } : labels, metricName) : undefined;
        if (head.scale === undefined) {
          const value = next();
          if (cell !== undefined) combine(cell, value, head.how);
          continue;
        }
        const [count, sum, max] = [next(), next(), next()];
        const buckets = Array.from({ length: count }, () => [next(), next()] as const);
        cell?.histogram?.addCounts(buckets, sum, max);
      }
    }
  }

  private cellOf(head: Omit<Head, 'series'>, key: string, labels: Sample['labels'], metricName: string | undefined): Cell {
    let family = this.families.get(head.name);
    if (family === undefined) {
      family = { head, cells: new Map() };
      this.families.set(head.name, family);
    }
    let cell = family.cells.get(key);
    if (cell === undefined) {
      cell = {
        ...{ labels, value: 0, histogram: head.scale === undefined ? undefined : new Histogram() },
        ...(metricName === undefined ? {} : { metricName }),
      };
      family.cells.set(key, cell);
    }
    return cell;
  }
}

function combine(cell: Cell, value: number, how: How): void {
  cell.value = how === 'max' ? Math.max(cell.value, value) : cell.value + value;
}
