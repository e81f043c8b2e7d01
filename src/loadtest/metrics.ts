// A server's own figures, from /metrics before and after a run. A server without them is no mistake.

import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import type { ClientTls } from './dial.js';
import type { Address } from './order.js';

/** Targets that are asked: listeners of one process would tell the same numbers many times. */
const TARGETS_MAX = 64;
const TIMEOUT_MILLIS = 3_000;
const TEXT_BYTES_MAX = 1 << 22;

/** Values by series as written: `verdict_decisions_total{outcome="approve"}`. */
export type Series = ReadonlyMap<string, number>;

/** A series that has changed. */
export interface Change {
  readonly series: string;
  readonly before: number;
  readonly after: number;
}

/** Reads the text format of Prometheus: series of Verdict, without the buckets of histograms. */
export function parseMetrics(text: string): Map<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^(verdict_[a-zA-Z0-9_]*(?:\{[^\n]*\})?)\s+(\S+)/.exec(line);
    const value = Number(match?.[2]);
    if (match === null || Number.isNaN(value) || /_bucket[{\s]/.test(line)) continue;
    series.set(match[1] as string, value);
  }
  return series;
}

/** What a process of several tells of all of them. */
const OF_ALL = /^verdict_processes\{/m;

/** The sums over all targets; undefined where the first has no metrics, or no time for them. */
export async function readMetrics(
  targets: readonly Address[],
  tls?: ClientTls,
  authorization: () => string = () => '',
): Promise<Series | undefined> {
  const ask = (target: Address) => fetchMetrics(target, tls, authorization());
  const [first, ...others] = targets.slice(0, TARGETS_MAX);
  const text = first === undefined ? undefined : await ask(first);
  if (text === undefined) return undefined;
  const texts = OF_ALL.test(text) ? [text] : [text, ...(await Promise.all(others.map(ask)))];
  const sums = new Map<string, number>();
  for (const text of texts) {
    for (const [name, value] of parseMetrics(text ?? '')) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return sums;
}

/** Undefined where they cannot be had: a caller of decisions need not be one who may read them. */
function fetchMetrics({ host, port }: Address, tls: ClientTls | undefined, authorization: string): Promise<string | undefined> {
  const headers = authorization === '' ? {} : { authorization };
  const options = { host, port, path: '/metrics', headers, timeout: TIMEOUT_MILLIS, agent: false } as const;
  const name = isIP(host) === 0 ? { servername: host } : {};
  return new Promise((resolve) => {
    const request = tls === undefined ? http.request(options) : https.request({ ...options, ...tls, ...name });
    const over = setTimeout(() => request.destroy(), TIMEOUT_MILLIS);
    request.on('close', () => {
      clearTimeout(over);
      resolve(undefined);
    });
    request.on('error', () => resolve(undefined));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > TEXT_BYTES_MAX) request.destroy();
      });
      response.on('end', () => resolve(response.statusCode === 200 ? text : undefined));
    });
    request.end();
  });
}

/** What has changed, by name. */
export function changes(before: Series | undefined, after: Series | undefined): Change[] {
  if (before === undefined || after === undefined) return [];
  return [...after]
    .map(([series, value]) => ({ series, before: before.get(series) ?? 0, after: value }))
    .filter((change) => change.before !== change.after)
    .sort((a, b) => (a.series < b.series ? -1 : 1));
}
