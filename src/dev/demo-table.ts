// What the demonstration prints.

import { CONNECTIONS, DEPTH, type DemoResult, FRAME_COUNT, LATENCY_RATE } from './demo-order.js';

export interface DemoServing {
  url: string;
  tenant: string;
  bundle: string;
  version: string;
  rules: number;
}

/** Outcomes in the order of the table; `none` only where there is any. */
const OUTCOMES = ['approve', 'review', 'decline', 'none'];
const REASONS_MAX = 8;

const isTerminal = process.stdout.isTTY === true;
const bold = (text: string) => (isTerminal ? `\u001b[1m${text}\u001b[0m` : text);
const dim = (text: string) => (isTerminal ? `\u001b[2m${text}\u001b[0m` : text);

const integer = (value: number) => Math.round(value).toLocaleString('en');
const share = (part: number, whole: number) => `${whole === 0 ? '0.00' : ((100 * part) / whole).toFixed(2)} %`;
const millis = (value: number) => `${value.toFixed(2).padStart(7)} ms`;

/** Prints the table of a run, and a command to try one payment by hand. */
export function printDemo(result: DemoResult, serving: DemoServing): void {
  const { latency, outcomes, reasons } = result;
  const total = Object.values(outcomes).reduce((sum, { honest, fraud }) => sum + honest + fraud, 0);
  const inFlight = CONNECTIONS * DEPTH;
  section(`${serving.bundle} ${serving.version}, ${serving.rules} rules, over WebSocket with FlatBuffers frames`);
  const runs = [
    [
      'throughput',
      `${integer(result.decisionsPerSecond)} decisions/s`,
      dim(`${FRAME_COUNT} payments a frame, ${inFlight} frames in flight`),
    ],
    ['latency', `p50    ${millis(latency.p50)}`, dim('one payment a frame')],
    ['', `p90    ${millis(latency.p90)}`, dim(`${integer(LATENCY_RATE)} frames/s, timed from when each was due`)],
    ['', `p99    ${millis(latency.p99)}`, ''],
    ['', `p99.9  ${millis(latency.p999)}`, ''],
  ];
  print(runs, [0, 1, 2]);

  section('Outcomes');
  const rows = OUTCOMES.filter((outcome) => outcome !== 'none' || outcomes[outcome] !== undefined).map((outcome) => {
    const { honest = 0, fraud = 0 } = outcomes[outcome] ?? {};
    return [outcome, integer(honest + fraud), share(honest + fraud, total), integer(honest), integer(fraud)];
  });
  print([['', 'payments', 'share', 'honest', 'fraud'].map(dim), ...rows]);

  section('Top reasons');
  const top = Object.entries(reasons)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, REASONS_MAX);
  print(top.map(([code, count]) => [code, integer(count), share(count, total)]));

  section('One payment by hand');
  const path = `${serving.url}/v1/${serving.tenant}/decisions/${serving.bundle}`;
  console.log(
    `  curl -s ${path} \\\n    -H 'Content-Type: application/json' \\\n    -d '${result.sample.replaceAll("'", "'\\''")}'\n`,
  );
}

function section(title: string): void {
  console.log(`\n  ${bold(title)}`);
}

/** Columns as wide as their widest cell: numbers to the right, columns of `words` to the left. */
function print(rows: readonly (readonly string[])[], words: readonly number[] = [0]): void {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, visible(cell).length);
  for (const row of rows) {
    const cells = row.map((cell, i) => {
      const blank = ' '.repeat((widths[i] as number) - visible(cell).length);
      return words.includes(i) ? cell + blank : blank + cell;
    });
    console.log(`  ${cells.join('   ').trimEnd()}`);
  }
}

/** Text as wide as a terminal shows it. */
function visible(cell: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the styles that this file adds
  return cell.replace(/\u001b\[\d+m/g, '');
}
