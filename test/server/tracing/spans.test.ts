// Spans as a collector gets them, over a real connection.

import { createServer, type IncomingMessage, type Server as WebServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Log } from '#src/server/config.js';
import type { Server } from '#src/server/server.js';
import type { Span } from '#src/server/tracing/otlp.js';
import { SpanExporter } from '#src/server/tracing/span-exporter.js';
import { writeRequestBatch } from '#src/stream/request-batch.js';
import { BUNDLE, startTestServer, TENANT } from '../../lib/server.js';
import { StreamClient } from '../../lib/stream-client.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE}-${PARENT}-01`;
const UNSAMPLED = `00-${TRACE}-${PARENT}-00`;
const ONE = `/v1/${TENANT}/decisions/${BUNDLE}`;
const SMALL = { amount: 19.99, country: 'DE' };

interface Got {
  request: IncomingMessage;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into
  body: any;
}

/** A collector that answers by `answer`, 200 where it says nothing. */
class Collector {
  readonly got: Got[] = [];
  private wake: () => void = () => {};
  private constructor(
    readonly web: WebServer,
    private readonly answers: number[],
  ) {}

  static async start(...answers: number[]): Promise<Collector> {
    const web = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        collector.got.push({ request, body: JSON.parse(Buffer.concat(chunks).toString()) });
        response.writeHead(collector.answers.shift() ?? 200, { 'content-type': 'application/json', 'retry-after': '0' }).end('{}');
        collector.wake();
      });
    });
    const collector = new Collector(web, answers);
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    started.push(collector);
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.web.address() as AddressInfo).port}/otel`;
  }

  async requests(count: number): Promise<Got[]> {
    while (this.got.length < count)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    return this.got;
  }

  /** All spans that came, by name, with attributes and events as plain records. */
  spans(): Record<string, unknown>[] {
    const plain = (attributes: { key: string; value: Record<string, unknown> }[]) =>
      Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
    return this.got.flatMap(({ body }) =>
      body.resourceSpans[0].scopeSpans[0].spans.map((span: Record<string, never>) => ({
        ...(span as object),
        attributes: plain(span.attributes as never),
        events: (span.events as unknown as { name: string; timeUnixNano: string; attributes: never }[]).map((event) => ({
          ...event,
          attributes: plain(event.attributes),
        })),
      })),
    );
  }
}

const started: Collector[] = [];
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) expect(await server.stop()).toBe(true);
  for (const { web } of started.splice(0)) {
    web.closeAllConnections();
    web.close();
  }
});

async function startServer(endpoint: string, options: object = {}): Promise<Server> {
  const server = await startTestServer({ otlp: { endpoint, headers: { 'x-key': 'secret' } }, ...options });
  servers.push(server);
  return server;
}

function ask(server: Server, traceparent: string, path = ONE, body: unknown = SMALL): Promise<Response> {
  const headers = { 'content-type': 'application/json', traceparent };
  return fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Stops the server, so that all spans are with the collector, and hands them out. */
async function spansOf(collector: Collector): Promise<Record<string, unknown>[]> {
  for (const server of servers.splice(0)) expect(await server.stop()).toBe(true);
  return collector.spans();
}

const span = (i: number): Span => ({
  ...{
    traceId: TRACE,
    spanId: i.toString(16).padStart(16, '0'),
    parentId: PARENT,
    name: 'GET /',
    startMillis: i,
    endMillis: i + 1,
  },
  ...{ attributes: {}, events: [], error: undefined },
});

function exporterTo(endpoint: string, said: string[] = []): SpanExporter {
  const say = (_: object, message: string): void => void said.push(message);
  return new SpanExporter({ endpoint }, { 'service.name': 'verdict' }, { info: say, warn: say, error: say } satisfies Log);
}

describe('the span of a request', () => {
  it.each([
    ['inline', {}, { 'verdict.path': 'inline' }],
    ['pooled', { costInlineMax: 0, poolThreads: 1 }, { 'verdict.path': 'pooled', 'verdict.queue_ms': expect.anything() }],
  ])('over HTTP, %s, is in the trace of its caller, with its stages', async (_, options, evaluated) => {
    const collector = await Collector.start();
    const server = await startServer(collector.endpoint, options);
    const before = Date.now();
    const response = await ask(server, SAMPLED);
    const after = Date.now();
    const [got, ...more] = await spansOf(collector);
    expect(more).toEqual([]);
    expect(got).toMatchObject({
      ...{ traceId: TRACE, parentSpanId: PARENT, kind: 2, status: {}, name: 'POST /v1/:tenant/decisions/:name' },
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/v1/:tenant/decisions/:name',
        'http.response.status_code': '200',
        'verdict.tenant': TENANT,
        'verdict.name': BUNDLE,
      },
      events: [{ name: 'read' }, { name: 'evaluate', attributes: evaluated }, { name: 'write' }],
    });
    expect(response.headers.get('traceparent')).toBe(`00-${TRACE}-${got!.spanId}-01`);
    const { startTimeUnixNano, endTimeUnixNano, events } = got as never as {
      startTimeUnixNano: string;
      endTimeUnixNano: string;
      events: { timeUnixNano: string }[];
    };
    const times = [startTimeUnixNano, ...events.map(({ timeUnixNano }) => timeUnixNano), endTimeUnixNano].map(Number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // Of the wall clock's milliseconds, and of what it steps by.
    expect(times[0]! / 1e6).toBeGreaterThan(before - 50);
    expect(times.at(-1)! / 1e6).toBeLessThan(after + 50);
    expect(collector.got[0]!.request).toMatchObject({
      method: 'POST',
      url: '/otel/v1/traces',
      headers: { 'x-key': 'secret', 'content-type': 'application/json' },
    });
  });

  it('over a stream is made of messages in text and binary alike', async () => {
    const collector = await Collector.start();
    const server = await startServer(collector.endpoint);
    const client = await StreamClient.open(server, TENANT);
    client.send(JSON.stringify({ id: 1, bundle: BUNDLE, payload: SMALL, traceparent: SAMPLED }));
    client.send(JSON.stringify({ id: 2, bundle: 'none', traceparent: SAMPLED, payload: SMALL }));
    client.send(JSON.stringify({ id: 3, bundle: BUNDLE, payload: SMALL, traceparent: UNSAMPLED }));
    const { model } = server.engine.live(TENANT, BUNDLE)!;
    const payload = new PayloadEncoder(model).encode(SMALL);
    client.send(writeRequestBatch(4n, model.hash, BUNDLE, [payload, payload], { traceparent: SAMPLED }));
    for (let i = 0; i < 4; i++) await client.next();
    client.end();
    expect(await spansOf(collector)).toMatchObject([
      {
        name: 'MESSAGE /v1/:tenant/stream',
        traceId: TRACE,
        parentSpanId: PARENT,
        events: [{ name: 'read' }, { name: 'evaluate' }, { name: 'write' }],
      },
      { attributes: { 'verdict.code': 'BUNDLE_NOT_FOUND', 'verdict.requests': '1' }, events: [], status: {} },
      { attributes: { 'verdict.requests': '2' }, events: [{ name: 'read' }, { name: 'evaluate' }, { name: 'write' }] },
    ]);
  });

  it('is made for no request that its caller does not record', async () => {
    const collector = await Collector.start();
    const server = await startServer(collector.endpoint);
    for (const traceparent of [UNSAMPLED, 'nonsense', '']) expect((await ask(server, traceparent)).status).toBe(200);
    await ask(server, SAMPLED, '/v1/nobody/decisions/none');
    expect(await spansOf(collector)).toMatchObject([
      { attributes: { 'http.response.status_code': '404' }, events: [], status: {} },
    ]);
  });
});

describe('a collector', () => {
  it('that is not there neither slows nor stops serving', async () => {
    const gone = await Collector.start();
    const { endpoint } = gone;
    await new Promise((resolve) => gone.web.close(resolve));
    const lines: [string, object][] = [];
    const note = (fields: object, message: string): void => void lines.push([message, fields]);
    const server = await startServer(endpoint, { log: { info: note, warn: note, error: note } });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(server, SAMPLED)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain('verdict_trace_spans_total{result="exported"} 0');
    expect(await server.stop()).toBe(true);
    expect(JSON.stringify(lines)).toContain('the collector does not take spans');
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('that is busy is asked again with the same spans', async () => {
    const collector = await Collector.start(503, 429);
    const exporter = exporterTo(collector.endpoint);
    exporter.add(span(1));
    await exporter.stop();
    expect(exporter.counts).toEqual({ exported: 1, dropped: 0, failed: 0 });
    expect(collector.got.map(({ body }) => body)).toEqual([collector.got[0]!.body, collector.got[0]!.body, collector.got[0]!.body]);
  });

  it('that will not have them is not asked again, and said to be so once', async () => {
    const collector = await Collector.start(400, 400);
    const said: string[] = [];
    const exporter = exporterTo(collector.endpoint, said);
    for (let i = 0; i < 512; i++) exporter.add(span(i));
    await collector.requests(1);
    for (let i = 0; i < 512; i++) exporter.add(span(i));
    await collector.requests(2);
    exporter.add(span(3));
    await exporter.stop();
    expect(exporter.counts).toEqual({ exported: 1, dropped: 0, failed: 1024 });
    expect(said).toEqual(['the collector does not take spans', 'the collector takes spans again']);
  });

  it('that is slow fills the queue, and what finds no room is dropped and counted', async () => {
    const silent = createServer(() => {}); // takes, and never answers
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const exporter = exporterTo(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    for (let i = 0; i < 10_000; i++) exporter.add(span(i));
    expect(exporter.counts).toEqual({ exported: 0, dropped: 10_000 - 512 - 4096, failed: 0 });
    await exporter.stop();
    expect(exporter.counts.dropped + exporter.counts.failed).toBe(10_000);
    silent.closeAllConnections();
    silent.close();
  });

  it.each(['nonsense', 'ftp://x', 'http://user:secret@x', 'http://x/?key=secret'])('is not %s', async (endpoint) => {
    await expect(startTestServer({ otlp: { endpoint } })).rejects.toThrow(/^otlp: the endpoint must be/);
  });

  it('is told no header that is none, and the value is not repeated', async () => {
    const start = startTestServer({ otlp: { endpoint: 'http://x', headers: { key: 'secret\n' } } });
    await expect(start).rejects.toThrow('otlp: "key" cannot be a header');
  });
});
