// What the page of a report does in the browser. The function is taken from here as text, so it refers to nothing outside itself.

import type uPlot from 'uplot';
import type { LoadReport } from './report.js';

/** The little of a browser's document that is needed; the project is built without its types. */
export interface PageDocument {
  getElementById(id: string): PageElement | null;
  readonly documentElement: { readonly dataset: Record<string, string> };
}

interface PageElement {
  readonly clientWidth: number;
  readonly textContent: string | null;
}

type Plot = new (options: uPlot.Options, data: uPlot.AlignedData, target: PageElement) => unknown;

/** Draws the plots of all runs, and says in `data-plots` of the page how many. */
export function drawReport(report: Pick<LoadReport, 'runs'>, Chart: Plot, document: PageDocument): void {
  const COLORS = ['#2563eb', '#0d9488', '#d97706', '#dc2626', '#7c3aed'];
  const HEIGHT = 280;
  let plots = 0;
  const time = (micros: number): string => {
    if (micros < 1000) return `${Math.round(micros)} µs`;
    return micros < 1e6 ? `${+(micros / 1000).toPrecision(3)} ms` : `${+(micros / 1e6).toPrecision(3)} s`;
  };
  const count = (value: number): string => value.toLocaleString('en-US');
  const draw = (
    id: string,
    names: string[],
    columns: (number | null)[][],
    axes: { x: (value: number) => string; y: (value: number) => string; isLog: boolean; bars?: boolean; isWhole?: boolean },
  ): void => {
    const target = document.getElementById(id);
    if (target === null || (columns[0] ?? []).length === 0) return;
    const format = (values: (value: number) => string) => (_plot: unknown, splits: (number | null)[]) =>
      splits.map((value) => (value === null ? '' : values(value)));
    const bars = (Chart as unknown as { paths: { bars(options: object): unknown } }).paths.bars({ size: [0.9, 80] });
    const series = names.map((label, i) => ({
      label,
      stroke: COLORS[i % COLORS.length] as string,
      width: 1.5,
      points: { show: (columns[0] ?? []).length < 40 && axes.bars !== true },
      value: (_plot: unknown, value: number | null) => (value === null ? '' : axes.y(value)),
      ...(axes.bars === true ? { paths: bars, fill: `${COLORS[i % COLORS.length]}66` } : {}),
    }));
    const options = {
      width: target.clientWidth,
      height: HEIGHT,
      scales: {
        x: { time: false },
        y: axes.isLog ? { distr: 3 } : { range: (_plot: unknown, _min: number, max: number) => [0, Math.max(1, max * 1.05)] },
      },
      axes: [
        { values: format(axes.x), ...(axes.isWhole === true ? { incrs: [1, 2, 5, 10, 50, 100, 1000, 10_000] } : {}) },
        { values: format(axes.y), size: 80 },
      ],
      series: [{ label: 'at', value: (_plot: unknown, value: number | null) => (value === null ? '' : axes.x(value)) }, ...series],
    };
    new Chart(options as unknown as uPlot.Options, columns as unknown as uPlot.AlignedData, target);
    plots++;
  };
  for (const [i, run] of report.runs.entries()) {
    // a logarithmic scale has no place for 0: a second without answers is a gap
    const positive = (value: number): number | null => (value > 0 ? value : null);
    const seconds = run.series.map(({ second }) => second);
    const rising = ['p50', 'p90', 'p99', 'p999', 'max'] as const;
    const second = (value: number): string => `${value} s`;
    draw(
      `latency-${i}`,
      ['p50', 'p90', 'p99', 'p99.9', 'max'],
      [seconds, ...rising.map((key) => run.series.map((point) => positive(point[key])))],
      { x: second, y: time, isLog: true, isWhole: true },
    );
    draw(
      `rate-${i}`,
      ['sent', 'answered', 'failed'],
      [seconds, ...(['sent', 'answered', 'failed'] as const).map((key) => run.series.map((point) => point[key]))],
      { x: second, y: count, isLog: false, isWhole: true },
    );
    // halving what is left over and over: 50 %, 75 %, ...; the largest has no place on such an axis
    const points = run.distribution.filter(({ share }) => share < 1);
    const percent = (nines: number): string => `${+(100 * (1 - 10 ** -nines)).toPrecision(6)} %`;
    draw(
      `percentiles-${i}`,
      ['latency'],
      [points.map(({ share }) => -Math.log10(1 - share)), points.map(({ micros }) => positive(micros))],
      { x: percent, y: time, isLog: true, isWhole: true },
    );
    draw(`histogram-${i}`, ['answers'], [run.buckets.map((_bucket, at) => at), run.buckets.map((bucket) => bucket.count)], {
      // between two buckets there is none
      x: (at) => (run.buckets[at] === undefined ? '' : `≤ ${time((run.buckets[at] as { toMicros: number }).toMicros)}`),
      y: count,
      isLog: false,
      bars: true,
    });
  }
  document.documentElement.dataset.plots = String(plots);
}
