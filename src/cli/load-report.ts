// The report of a load test for people.

import type { Percentiles } from '../loadtest/latency.js';
import type { Finding } from '../loadtest/preflight.js';
import { formatBytes, type LoadReport, type RunReport } from '../loadtest/report.js';
import { number, type Output, plural } from './output.js';

/** Microseconds in the unit that reads best: `870 us`, `3.21 ms`, `1.4 s`. */
export function duration(micros: number): string {
  if (micros < 1_000) return `${number(micros)} us`;
  if (micros < 1_000_000) return `${number(micros / 1_000, micros < 10_000 ? 2 : 1)} ms`;
  return `${number(micros / 1_000_000, 2)} s`;
}

function processes(count: number): string {
  return `${number(count)} process${count === 1 ? '' : 'es'}`;
}

/** What the machine lacks; with `all`, what it has, too. */
export function printFindings(findings: readonly Finding[], output: Output, all: boolean): void {
  const shown = findings.filter(({ verdict }) => all || verdict !== 'ok');
  if (shown.length === 0) return;
  output.table(
    [{ title: 'this machine' }, { title: 'needed', align: 'right' }, { title: 'there', align: 'right' }, { title: '' }],
    shown.map(({ what, needed, found, verdict }) => [what, number(needed), found === undefined ? '?' : number(found), verdict]),
  );
  for (const { verdict, what, advice } of shown) if (verdict !== 'ok') output.line(`  ${what}: ${advice}`);
  output.line();
}

/** Prints the whole report. */
export function printLoadReport(report: LoadReport, output: Output): void {
  const { plan, runs, ratios } = report;
  const load =
    plan.loop === 'open' ? `${number(plan.rate ?? 0, 1)} requests/s, ${plan.arrivals}` : `${plan.inFlight} in flight each`;
  output.line(`${output.paint(`${plan.protocol} ${plan.path}`, 'bold')} at ${targetsText(plan.targets)}`);
  output.line(
    `${plan.loop} loop, ${load}, ${plan.profile} for ${number(plan.seconds, 3)} s; ${plural(plan.connections, 'connection')} of ` +
      `${processes(plan.processes)}; ${plural(plan.payloads, 'payload')} a request, ` +
      `${number(plan.messages)} distinct, ${formatBytes(plan.bytesMean)} each`,
  );
  if (report.interrupted) output.line(output.paint('interrupted: this is what had been found until then', 'yellow'));
  for (const run of runs) printRun(run, runs.length > 1, output);
  if (ratios !== undefined) {
    output.line();
    const cpu = ratios.cpuMicrosPerRequest === undefined ? '' : `, server CPU a request ${ratios.cpuMicrosPerRequest}`;
    const { requestsPerSecond, p50, p90, p99, p999 } = ratios;
    output.line(
      `${output.paint('target over echo', 'bold')}, medians: rate ${requestsPerSecond}, p50 ${p50}, p90 ${p90}, p99 ${p99}, p99.9 ${p999}${cpu}`,
    );
  }
  const verdict = report.ok ? output.paint('all sent, all answered', 'green') : output.paint('not all was answered', 'red');
  output.line();
  output.line(verdict);
}

function targetsText(targets: readonly string[]): string {
  return targets.length > 2 ? `${targets[0]} to ${targets.at(-1)} (${targets.length})` : targets.join(', ');
}

function printRun(run: RunReport, isNamed: boolean, output: Output): void {
  const { tally, client, server, metrics } = run;
  output.line();
  if (isNamed) output.line(output.paint(`${run.against}, round ${run.round}`, 'bold'));
  output.line(
    `sent ${number(tally.sent)} of ${number(tally.scheduled)}: ${number(tally.answered)} answered, ${number(tally.failed)} failed, ` +
      `${number(tally.unanswered)} unanswered, ${number(tally.unsent)} not sent, in ${number(run.seconds, 2)} s`,
  );
  output.line(`${number(run.requestsPerSecond)} requests/s, ${number(run.decisionsPerSecond)} decisions/s answered`);
  for (const [kind, count] of Object.entries(tally.failures)) output.line(`  failed: ${kind} ${number(count)}`);
  if (tally.unexpected > 0) output.line(`  answers to nothing that was asked: ${number(tally.unexpected)}`);
  if (tally.refused + tally.lost > 0) {
    output.line(`connections: ${number(tally.opened)} open, ${number(tally.refused)} not opened, ${number(tally.lost)} lost`);
    for (const [kind, count] of Object.entries(tally.connectionFailures)) output.line(`  ${kind} ${number(count)}`);
  }
  if (client.processesLost > 0) output.line(`processes of the tester that died: ${client.processesLost}`);
  printLatencies(run, output);
  output.line(`tester: ${number(client.cpuSeconds, 2)} s of CPU`);
  if (server !== undefined) {
    const { bytesPerConnection, bytesFixed, after, cpuSeconds, cpuMicrosPerRequest } = server;
    output.line(
      `server: ${formatBytes(after.pssBytes)} Pss (${formatBytes(after.privateBytes)} private) in ${processes(after.processes)}, ` +
        `${formatBytes(bytesFixed)} each before${bytesPerConnection === undefined ? '' : `, ${formatBytes(bytesPerConnection)} a connection`}; ` +
        `${number(cpuSeconds, 2)} s of CPU, ${number(cpuMicrosPerRequest, 1)} us a request`,
    );
  }
  for (const { series, before, after } of (metrics ?? []).filter(({ series: name }) => /_total|_sum/.test(name))) {
    output.line(`  ${series} ${after - before >= 0 ? '+' : ''}${number(after - before, 3)}`);
  }
}

function printLatencies({ latency, service, lag, atLeast, tally }: RunReport, output: Output): void {
  if (latency.count + atLeast.count === 0) return;
  const row = (name: string, of: Percentiles): string[] => [
    name,
    ...[of.p50, of.p90, of.p99, of.p999, of.p9999, of.max].map((micros) => (of.count === 0 ? '-' : duration(micros))),
  ];
  const rows = [row('latency', latency)];
  if (tally.unanswered + tally.unsent > 0) rows.push(row('with those not answered', atLeast));
  // a closed loop has no time but that of sending
  if (lag.count > 0) rows.push(row('from the sending', service), row("tester's own delay", lag));
  output.table(
    [{ title: '' }, ...['p50', 'p90', 'p99', 'p99.9', 'p99.99', 'max'].map((title) => ({ title, align: 'right' as const }))],
    rows,
  );
}
