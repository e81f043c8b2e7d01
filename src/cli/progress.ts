// Progress of long work: a bar on stderr where that is a terminal, silence elsewhere.

import { SingleBar } from 'cli-progress';
import { wantsColor } from './output.js';

/** Bytes between two updates: the bar must not cost more than the work. */
export interface Progress {
  /** @param value in the units of `total` */
  update(value: number, rows: number): void;
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/**
 * Starts a bar.
 * @param label what is being done, one word
 * @param total units of work, 0 where it is not known beforehand (no bar then)
 */
export function startProgress(label: string, total: number): Progress {
  if (process.stderr.isTTY !== true || total === 0) return SILENT;
  const bar = new SingleBar({
    format: `${label} {bar} {percentage}% | {rows} rows | {eta_formatted}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    fps: 8,
    barsize: 30,
    barCompleteChar: wantsColor(process.stderr) ? '█' : '#',
    barIncompleteChar: wantsColor(process.stderr) ? '░' : '-',
  });
  bar.start(total, 0, { rows: 0 });
  return {
    update: (value, rows) => bar.update(Math.min(value, total), { rows }),
    stop: () => bar.stop(),
  };
}
