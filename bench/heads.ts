// What the library takes of a request over HTTP beyond a bare echo's: echoes that read heads as the server has to, or answer as it
// might, and the server itself, in turns. It is what a server could reach that decided in no time.

import type { BundleFiles } from '../src/bundle/files.js';
import { Child } from './child.js';
import { formatNumber, median, type TableFormat } from './report.js';
import type { ClientHandlers } from './serving/client.js';
import type { EchoHandlers } from './serving/echo.js';
import { HEAD_ECHOES } from './serving/head-echo.js';
import { httpRequest } from './serving/requests.js';
import type { VerdictHandlers } from './serving/verdict-server.js';
import type { WorkloadPayload } from './workload.js';

const TENANT = 'bench';
const CONNECTIONS = 64;
const WARMUP_SHARE = 0.25;

export interface HeadsOptions {
  readonly files: BundleFiles;
  readonly payloads: readonly WorkloadPayload[];
  /** Bytes of the body of an answer. */
  readonly httpBytes: number;
  /** Times each is measured, in turns. */
  readonly rounds: number;
  readonly measureMs: number;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

export interface HeadsRow {
  readonly name: string;
  /** Of the server's processor time for one request, median. */
  readonly micros: number;
  /** Requests a second by the clock, median. */
  readonly rate: number;
  /** Medians of the rounds: the echo's processor time over this one's, and this rate over the echo's. */
  readonly cpuShare: number;
  readonly share: number;
}

interface Contender {
  readonly name: string;
  readonly server: 'echo' | 'verdict';
  readonly path: string;
  readonly micros: number[];
  readonly rates: number[];
}

/** Measures all of them, one at a time. */
export async function benchHeads(options: HeadsOptions): Promise<HeadsRow[]> {
  const { files, payloads, httpBytes, rounds, measureMs, format, log } = options;
  const verdict = Child.start<VerdictHandlers>(new URL('./serving/verdict-server.js', import.meta.url));
  const echo = Child.start<EchoHandlers>(new URL('./serving/echo.js', import.meta.url));
  const client = Child.start<ClientHandlers>(new URL('./serving/client.js', import.meta.url));
  try {
    const { port: verdictPort, bundle } = await verdict.call('start', { tenant: TENANT, files });
    const { port: echoPort } = await echo.call('start', { httpBytes });
    const contender = (name: string, path: string, server: Contender['server'] = 'echo'): Contender => {
      return { name, server, path, micros: [], rates: [] };
    };
    const bare = contender('echo', '/');
    const contenders = [
      bare,
      contender('all headers, by forEach', HEAD_ECHOES.forEach),
      contender('seven headers, each by its name', HEAD_ECHOES.getHeader),
      contender('the path', HEAD_ECHOES.path),
      contender('all headers and the path', HEAD_ECHOES.head),
      contender('status and type as bytes in one call', HEAD_ECHOES.start),
      contender('answers of a turn sent together', HEAD_ECHOES.turn),
      contender('Verdict', `/v1/${TENANT}/decisions/${bundle}`, 'verdict'),
    ];
    for (const { path } of contenders) {
      await client.call('load', { set: path, messages: payloads.map((payload) => httpRequest(path, payload)) });
    }
    for (let round = 0; round < rounds; round++) {
      for (const each of contenders) {
        const cpu = (): Promise<number> =>
          each.server === 'echo' ? echo.call('cpu', undefined as never) : verdict.call('cpu', undefined as never);
        const before = await cpu();
        const { replies, seconds } = await client.call('run', {
          ...{ port: each.server === 'echo' ? echoPort : verdictPort, kind: 'http', set: each.path, path: each.path },
          ...{ connections: CONNECTIONS, depth: 1, warmupMs: measureMs * WARMUP_SHARE, measureMs },
        });
        each.micros.push((((await cpu()) - before) * 1000) / (1 + WARMUP_SHARE) / replies);
        each.rates.push(replies / seconds);
      }
    }
    const rows = contenders.map(({ name, micros, rates }) => ({
      ...{ name, micros: median(micros), rate: median(rates) },
      cpuShare: median(micros.map((each, round) => bare.micros[round]! / each)),
      share: median(rates.map((each, round) => each / bare.rates[round]!)),
    }));
    const head = ['over sockets', 'us of processor a request', 'requests/s', 'of the echo', 'by processor time'];
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    const cells = rows.map(({ name, micros, rate, share, cpuShare }) => [
      ...[name, formatNumber(micros), formatNumber(rate), percent(share), percent(cpuShare)],
    ]);
    for (const line of ['', ...format(head, cells, ['left', 'right', 'right', 'right', 'right'])]) log(line);
    return rows;
  } finally {
    await Promise.all([client.stop(), verdict.stop(), echo.stop()]);
  }
}
