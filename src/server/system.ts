// What this process runs on, asked once: a diagnostic report takes tens of milliseconds.

import { folderSize } from './files.js';

interface Report {
  header?: { glibcVersionRuntime?: string };
  userLimits?: { open_files?: { soft?: number | string } };
}

let report: Report | undefined;

function read(): Report {
  report ??= process.report.getReport() as Report;
  return report;
}

/** Version of the running glibc, e.g. `2.36`; undefined where there is none. */
export function glibcVersion(): string | undefined {
  return read().header?.glibcVersionRuntime;
}

/** Files this process may have open; Node raises the limit to what the system allows at start. */
export function descriptorsMax(): number {
  const soft = Number(read().userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : 1_000_000;
}

/** Files this process has open now; undefined where nobody says. Takes no time that grows with them. */
export function openDescriptors(): number | undefined {
  return folderSize('/proc/self/fd');
}
