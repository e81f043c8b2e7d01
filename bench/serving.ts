// The bench of serving: Verdict's HTTP and WebSocket beside a bare uWebSockets.js echo that takes the same bytes and answers with
// as many. Server, echo and client are processes of their own; only one of the servers works at a time.

import { OPCODE_BINARY, webSocketMessage } from '../src/loadtest/messages.js';
import { writeRequestBatch } from '../src/stream/request-batch.js';
import { bundleOf } from './bundle.js';
import { Child } from './child.js';
import { describeMachine, formatNumber, type Machine, median, type TableFormat } from './report.js';
import type { ClientHandlers, LoadRequest } from './serving/client.js';
import type { EchoHandlers } from './serving/echo.js';
import { httpRequest } from './serving/requests.js';
import type { VerdictHandlers } from './serving/verdict-server.js';
import { verifyFrames, verifyJson } from './serving/verify.js';
import { computeTruth } from './truth.js';
import { encodePayloads, setUpVerdict } from './verdict-rows.js';
import { makePayloads, makeRules, PAYLOAD_COUNT } from './workload.js';

const TENANT = 'bench';

export interface ServingOptions {
  readonly rules: number;
  /** Times each server is measured, in turns. */
  readonly rounds: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  /** A multiple of the payloads of the largest frame. Default PAYLOAD_COUNT; only the smoke test takes fewer. */
  readonly payloadCount?: number;
  /** Only faces whose name holds this. */
  readonly only?: string;
  readonly format: TableFormat;
  readonly log: (line: string) => void;
}

/** One way of asking: how many connections, and requests in flight on each. */
interface Face {
  readonly name: string;
  readonly kind: LoadRequest['kind'];
  readonly connections: number;
  readonly depth: number;
  readonly payloadsPerRequest: number;
}

const FACES: readonly Face[] = [
  { name: 'HTTP JSON, 1 payload a request, 64 connections', kind: 'http', connections: 64, depth: 1, payloadsPerRequest: 1 },
  { name: 'HTTP JSON, the same pipelined 8 deep', kind: 'http', connections: 8, depth: 8, payloadsPerRequest: 1 },
  { name: 'WebSocket, 256 payloads a frame', kind: 'websocket', connections: 4, depth: 4, payloadsPerRequest: 256 },
  { name: 'WebSocket, 64 payloads a frame', kind: 'websocket', connections: 4, depth: 4, payloadsPerRequest: 64 },
  // Many are in flight, as at a busy gateway.
  { name: 'WebSocket, 1 payload a frame', kind: 'websocket', connections: 50, depth: 64, payloadsPerRequest: 1 },
];

interface Sample {
  /** Payloads a second, by the clock. */
  readonly rate: number;
  /** Microseconds of the server's processor time for one payload. */
  readonly cpuMicros: number;
  /** Share of one processor that the client took: near 1, the client is the limit. */
  readonly clientLoad: number;
  readonly replyBytes: number;
}

export interface FaceResult {
  readonly name: string;
  readonly verdict: Sample;
  readonly echo: Sample;
  /** Median over the rounds of Verdict's rate over the echo's. */
  readonly share: number;
  /** The same by processor time of the server: what is left of the share where the server alone is the limit. */
  readonly cpuShare: number;
  readonly shares: readonly number[];
}

export interface ServingResult {
  readonly machine: Machine;
  readonly rules: number;
  readonly payloads: number;
  readonly faces: readonly FaceResult[];
}

/** Starts the processes, verifies every frame and some JSON, and measures each face. */
export async function benchServing(options: ServingOptions): Promise<ServingResult> {
  const machine = describeMachine(undefined);
  options.log(`${machine.cpu}, ${machine.processors} processors, node ${machine.node}`);
  const payloadCount = options.payloadCount ?? PAYLOAD_COUNT;
  const asked = FACES.filter(({ name }) => name.includes(options.only ?? ''));
  const rules = makeRules(options.rules);
  const payloads = makePayloads(payloadCount);
  const truth = computeTruth(rules, payloads);
  const files = bundleOf('workload', rules, truth.thresholds);
  const bytes = await encodeAll(files, payloads);

  const verdict = Child.start<VerdictHandlers>(new URL('./serving/verdict-server.js', import.meta.url));
  const echo = Child.start<EchoHandlers>(new URL('./serving/echo.js', import.meta.url));
  const client = Child.start<ClientHandlers>(new URL('./serving/client.js', import.meta.url));
  try {
    const { port, bundle, modelHash } = await verdict.call('start', { tenant: TENANT, files });
    const decisionPath = `/v1/${TENANT}/decisions/${bundle}`;
    const streamPath = `/v1/${TENANT}/stream`;
    const replyBytes = new Map<number, number>();
    for (const { kind, payloadsPerRequest: count } of asked) {
      if (kind === 'http') continue;
      const frames = Array.from({ length: payloadCount / count }, (_, i) => {
        const firstId = i * count;
        return writeRequestBatch(BigInt(i), modelHash, bundle, bytes.slice(firstId, firstId + count), { firstId });
      });
      replyBytes.set(count, await verifyFrames(`ws://127.0.0.1:${port}${streamPath}`, frames, truth));
      await client.call('load', {
        set: setOf('websocket', count),
        messages: frames.map((frame) => webSocketMessage(OPCODE_BINARY, frame)),
      });
    }
    const texts = payloads.slice(0, 4096).map((payload) => JSON.stringify(payload));
    const httpBytes = await verifyJson(`http://127.0.0.1:${port}${decisionPath}`, texts, truth);
    const started = await echo.call('start', { httpBytes: Math.round(httpBytes) });
    const requests = payloads.map((payload) => httpRequest(decisionPath, payload));
    await client.call('load', { set: setOf('http', 1), messages: requests });
    options.log(
      `${options.rules} rules, ${payloadCount} payloads; every answer in frames and ${texts.length} as JSON verified; ` +
        `replies of ${Math.round(httpBytes)} bytes (JSON); ` +
        `medians of ${options.rounds} rounds of ${options.measureMs} ms`,
    );
    const measure = async (face: Face, server: Child<EchoHandlers> | Child<VerdictHandlers>, at: number): Promise<Sample> => {
      const { warmupMs, measureMs } = options;
      const { kind, connections, depth } = face;
      const cpu = (server as Child<EchoHandlers>).call.bind(server as Child<EchoHandlers>);
      const before = await cpu('cpu', undefined as never);
      const count = face.payloadsPerRequest;
      const path = at === port ? streamPath : `/${Math.round(replyBytes.get(count) ?? 0)}`;
      const set = setOf(kind, count);
      const result = await client.call('run', { port: at, kind, set, path, connections, depth, warmupMs, measureMs });
      const cpuMs = (await cpu('cpu', undefined as never)) - before;
      const decided = result.replies * count;
      return {
        rate: decided / result.seconds,
        // The server worked through the warm-up too: its share of the time is taken out.
        cpuMicros: (cpuMs * 1000 * (measureMs / (measureMs + warmupMs))) / decided,
        clientLoad: result.clientCpuMs / 1000 / result.seconds,
        replyBytes: result.bytes / result.replies,
      };
    };
    const faces: FaceResult[] = [];
    for (const face of asked) {
      const pairs: { verdict: Sample; echo: Sample }[] = [];
      for (let round = 0; round < options.rounds; round++) {
        const echoSample = await measure(face, echo, started.port);
        pairs.push({ echo: echoSample, verdict: await measure(face, verdict, port) });
      }
      faces.push(summarise(face.name, pairs));
    }
    for (const line of ['', ...formatFaces(faces, options.format)]) options.log(line);
    return { machine, rules: options.rules, payloads: payloadCount, faces };
  } finally {
    await Promise.all([client.stop(), verdict.stop(), echo.stop()]);
  }
}

/** Name of the messages that a face draws from. */
function setOf(kind: Face['kind'], payloadsPerRequest: number): string {
  return `${kind}-${payloadsPerRequest}`;
}

async function encodeAll(files: ReturnType<typeof bundleOf>, payloads: ReturnType<typeof makePayloads>): Promise<Uint8Array[]> {
  const setup = await setUpVerdict(files);
  try {
    return encodePayloads(setup.live.model, payloads);
  } finally {
    await setup.engine.close();
  }
}

function summarise(name: string, pairs: readonly { verdict: Sample; echo: Sample }[]): FaceResult {
  const middle = (samples: readonly Sample[]): Sample => ({
    rate: median(samples.map((sample) => sample.rate)),
    cpuMicros: median(samples.map((sample) => sample.cpuMicros)),
    clientLoad: median(samples.map((sample) => sample.clientLoad)),
    replyBytes: median(samples.map((sample) => sample.replyBytes)),
  });
  const shares = pairs.map(({ verdict, echo }) => verdict.rate / echo.rate);
  return {
    name,
    verdict: middle(pairs.map((pair) => pair.verdict)),
    echo: middle(pairs.map((pair) => pair.echo)),
    share: median(shares),
    cpuShare: median(pairs.map(({ verdict, echo }) => echo.cpuMicros / verdict.cpuMicros)),
    shares,
  };
}

function formatFaces(faces: readonly FaceResult[], format: TableFormat): string[] {
  const head = ['', 'payloads/s', 'us of processor a payload', 'client busy', 'bytes a reply', 'of the echo', 'by processor time'];
  const cells = faces.flatMap(({ name, verdict, echo, share, cpuShare }) => [
    sampleCells(name, verdict, `${(share * 100).toFixed(1)} %`, `${(cpuShare * 100).toFixed(1)} %`),
    sampleCells('  echo', echo, '', ''),
  ]);
  return format(head, cells, ['left', 'right', 'right', 'right', 'right', 'right', 'right']);
}

function sampleCells(name: string, sample: Sample, share: string, cpuShare: string): string[] {
  const { rate, cpuMicros, clientLoad, replyBytes } = sample;
  return [
    name,
    formatNumber(rate),
    formatNumber(cpuMicros),
    `${Math.round(clientLoad * 100)} %`,
    formatNumber(replyBytes),
    share,
    cpuShare,
  ];
}
