// Whole runs, with processes of their own, against servers that do what they should and servers that do not. Every figure that is
// checked is a count; how long anything takes is not.

import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRequestFrame } from '#src/loadtest/frame.js';
import { LoadTest } from '#src/loadtest/load-test.js';
import { httpMessages, type Messages, webSocketMessages } from '#src/loadtest/messages.js';
import type { LoadPlan } from '#src/loadtest/plan.js';
import type { LoadReport } from '#src/loadtest/report.js';
import type { Tally } from '#src/loadtest/tally.js';
import type { LiveImage } from '#src/registry/live-image.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import type { Server } from '#src/server/server.js';
import { BUNDLE, bundleJson, startTestServer, TENANT } from '../lib/server.js';
import { spawnServer } from '../lib/server-process.js';

let server: Server;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const payload = (i: number) => ({ amount: `${i}.50`, country: i % 2 === 0 ? 'DE' : 'FR' });

/** Messages of the sample bundle; each has `batch` payloads. */
function messagesFor(protocol: 'ws' | 'http', batch: number): { messages: Messages; path: string } {
  const batches = Array.from({ length: 8 }, (_, i) => Array.from({ length: batch }, (_unused, j) => payload(i * batch + j)));
  if (protocol === 'http') {
    const path = `/v1/${TENANT}/decisions/${BUNDLE}${batch > 1 ? '/batch' : ''}`;
    const bodies = batches.map((items) => JSON.stringify(batch > 1 ? items : items[0]));
    return { messages: httpMessages(path, '127.0.0.1', bodies, batch), path };
  }
  const { model } = server.engine.live(TENANT, BUNDLE) as LiveImage;
  const encoder = new PayloadEncoder(model);
  const frames = batches.map((items) =>
    writeRequestFrame(
      model.hash,
      BUNDLE,
      items.map((item) => encoder.encode(item).slice()),
    ),
  );
  return { messages: webSocketMessages(frames, batch), path: `/v1/${TENANT}/stream` };
}

interface Change extends Partial<LoadPlan> {
  batch?: number;
  port?: number;
}

function planOf({ batch = 1, port = server.port, ...change }: Change): LoadPlan {
  const protocol = change.protocol ?? 'ws';
  return {
    protocol,
    ...messagesFor(protocol, batch),
    targets: [{ host: '127.0.0.1', port }],
    sources: [],
    tls: undefined,
    authorization: '',
    connections: 4,
    processes: 1,
    connectionsPerSecond: 10_000,
    connectingMax: 64,
    connectSecondsMax: 30,
    reconnect: false,
    inFlight: 64,
    loop: { kind: 'open', rate: 400, arrivals: 'constant', seed: 1 },
    profile: { kind: 'hold', seconds: 0.5 },
    requestsMax: 100_000,
    drainSeconds: 60,
    pace: 'timer',
    echo: false,
    rounds: 1,
    serverPids: [],
    ...change,
  };
}

const run = (change: Change): Promise<LoadReport> => new LoadTest(planOf(change), { bundle: BUNDLE, tenant: TENANT }).run();

function checkSums({ scheduled, sent, answered, failed, unanswered, unsent }: Tally): void {
  expect(scheduled).toBe(sent + unsent);
  expect(sent).toBe(answered + failed + unanswered);
}

const tallyOf = (report: LoadReport): Tally => report.runs[0]!.tally;

describe('every request is decided and counted', () => {
  it.each<[string, Change, number]>([
    ['WebSocket, one a frame', {}, 200],
    ['WebSocket, 16 a frame', { batch: 16 }, 200],
    ['HTTP, one', { protocol: 'http', inFlight: 1 }, 200],
    ['HTTP, an array of 5', { protocol: 'http', batch: 5, inFlight: 1 }, 200],
    ['HTTP, pipelined', { protocol: 'http', inFlight: 8 }, 200],
    ['several processes', { processes: 3, connections: 7 }, 200],
    [
      'Poisson arrivals, ramp',
      { loop: { kind: 'open', rate: 800, arrivals: 'poisson', seed: 3 }, profile: { kind: 'ramp', seconds: 0.5 } },
      0,
    ],
    ['bursts', { profile: { kind: 'burst', seconds: 0.5, burstSeconds: 0.1, burstEverySeconds: 0.25, baseShare: 0 } }, 80],
    ['a spinning pace', { pace: 'spin' }, 200],
    ['a count', { requestsMax: 33 }, 33],
    ['no requests at all, connections held', { loop: { kind: 'open', rate: 0, arrivals: 'constant', seed: 1 } }, -1],
    [
      'closed loop, counted',
      { loop: { kind: 'closed' }, requestsMax: 500, inFlight: 4, profile: { kind: 'hold', seconds: 60 } },
      500,
    ],
    [
      'closed loop over HTTP',
      { protocol: 'http', loop: { kind: 'closed' }, requestsMax: 300, inFlight: 1, profile: { kind: 'hold', seconds: 60 } },
      300,
    ],
    ['from several source addresses', { sources: ['127.9.0.1', '127.9.0.2'], processes: 2 }, 200],
  ])('%s', async (_what, change, count) => {
    const before = server.engine.stats().outcomes;
    const report = await run(change);
    const after = server.engine.stats().outcomes;
    const tally = tallyOf(report);
    expect(report.ok, JSON.stringify(tally)).toBe(true);
    if (count > 0) expect(tally).toMatchObject({ scheduled: count, sent: count, answered: count });
    if (count < 0) expect(tally).toMatchObject({ scheduled: 0, opened: 4 });
    expect(tally).toMatchObject({ failed: 0, unanswered: 0, unsent: 0, unexpected: 0, lost: 0, refused: 0 });
    // the server has counted the same, and the one message that asked before
    const decisions = (of: typeof before) => Object.values(of).reduce((sum, value) => sum + value, 0);
    const { batch = 1 } = change;
    expect(decisions(after) - decisions(before)).toBe((tally.answered + 1) * batch);
    expect(report.runs[0]!.latency.count).toBe(tally.answered);
    expect(report.runs[0]!.series.reduce((sum, { answered }) => sum + answered, 0)).toBe(tally.answered);
  });
});

describe('servers that do not do what they should', () => {
  const open: NetServer[] = [];
  afterAll(() => {
    for (const one of open) one.close();
  });

  /** A server of raw sockets on a free port. */
  function listen(serve: (socket: Socket) => void): Promise<number> {
    const raw = createServer((socket) => {
      socket.on('error', () => undefined);
      serve(socket);
    });
    open.push(raw);
    return new Promise((resolve) => {
      raw.listen(0, '127.0.0.1', () => resolve((raw.address() as { port: number }).port));
    });
  }

  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';
  /** Answers requests by their number, over all connections; undefined: not at all. */
  function answers(of: (request: number, socket: Socket) => string | undefined): Promise<number> {
    let request = 0;
    return listen((socket) => {
      socket.on('data', (chunk) => {
        // no metrics here
        if (chunk.toString().startsWith('GET')) socket.end('HTTP/1.1 404 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        for (let i = chunk.toString().split('POST /').length; i > 1; i--) {
          const text = of(request++, socket);
          if (text !== undefined && !socket.destroyed) socket.write(text);
        }
      });
    });
  }

  const http: Change = { protocol: 'http', inFlight: 1, connections: 2 };

  it('refuse some', async () => {
    // the first is the one that asks before
    const port = await answers((i) => (i % 4 === 3 ? 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n' : OK));
    const report = await run({ ...http, port });
    expect(report.ok).toBe(false);
    expect(tallyOf(report)).toMatchObject({ sent: 200, answered: 150, failed: 50, failures: { HTTP_503: 50 }, lost: 0 });
  });

  it('answer some not at all', async () => {
    const port = await answers((i) => (i === 10 || i === 11 ? undefined : OK));
    // everything that can be answered is, long before this is over
    const tally = tallyOf(await run({ ...http, port, drainSeconds: 3 }));
    checkSums(tally);
    expect(tally).toMatchObject({ scheduled: 200, sent: 11, answered: 9, unanswered: 2, unsent: 189 });
  });

  it('answer what nobody can read', async () => {
    const port = await answers((i) => (i === 7 ? 'nonsense\r\n\r\n' : OK));
    const tally = tallyOf(await run({ ...http, port }));
    expect(tally).toMatchObject({ sent: 200, answered: 199, failed: 1, failures: { MALFORMED: 1 }, lost: 1, unsent: 0 });
  });

  it('answer what nobody has asked', async () => {
    const port = await answers((i) => (i === 7 ? OK + OK : OK));
    const tally = tallyOf(
      await run({
        ...http,
        port,
        loop: { kind: 'open', rate: 20, arrivals: 'constant', seed: 1 },
        profile: { kind: 'hold', seconds: 1 },
      }),
    );
    expect(tally).toMatchObject({ sent: 20, answered: 20, unexpected: 1 });
  });

  it('close connections with an answer, as they may', async () => {
    const port = await answers((i, socket) => {
      if (i % 10 !== 5) return OK;
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return undefined;
    });
    const report = await run({ ...http, port });
    expect(report.ok, JSON.stringify(tallyOf(report))).toBe(true);
    expect(tallyOf(report)).toMatchObject({ sent: 200, answered: 200, failed: 0, lost: 0, opened: 22 });
  });

  it('close connections without one', async () => {
    const port = await answers((i, socket) => {
      if (i !== 50) return OK;
      socket.destroy();
      return undefined;
    });
    const tally = tallyOf(await run({ ...http, port }));
    checkSums(tally);
    expect(tally).toMatchObject({ answered: 199, failed: 1, lost: 1, failures: { ENDED: 1 }, connectionFailures: { ENDED: 1 } });
    const again = tallyOf(
      await run({
        ...http,
        port: await answers((i, socket) => (i % 50 === 49 ? void socket.destroy() : OK)),
        reconnect: true,
        requestsMax: 200,
        profile: { kind: 'hold', seconds: 60 },
      }),
    );
    checkSums(again);
    expect(again).toMatchObject({ sent: 200, answered: 196, failed: 4, lost: 4 });
    expect(again.opened).toBeGreaterThan(4);
  });

  it('are not there', async () => {
    const port = await listen(() => undefined);
    await new Promise((resolve) => open.at(-1)!.close(resolve));
    await expect(run({ port })).rejects.toMatchObject({
      name: 'ProbeError',
      code: 'NETWORK',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('say why they refuse', async () => {
    await expect(run({ path: `/v1/nobody/stream` })).rejects.toMatchObject({ code: 'TENANT_NOT_FOUND' });
    const foreign = webSocketMessages([writeRequestFrame('0123456789abcdef', BUNDLE, [Buffer.alloc(8)])], 1);
    await expect(run({ messages: foreign })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    const unknown = httpMessages(`/v1/${TENANT}/decisions/none`, 'h', ['{}'], 1);
    await expect(run({ protocol: 'http', messages: unknown })).rejects.toMatchObject({ code: 'BUNDLE_NOT_FOUND' });
  });

  it('die in the middle', async () => {
    const doomed = await spawnServer({});
    try {
      await fetch(`http://127.0.0.1:${doomed.port}/v1/${TENANT}/bundles/${BUNDLE}`, {
        method: 'PUT',
        body: bundleJson(),
        headers: { 'content-type': 'application/json' },
      });
      const plan = planOf({ port: doomed.port, profile: { kind: 'hold', seconds: 60 }, drainSeconds: 1 });
      const kill = (): void => void doomed.child.kill('SIGKILL');
      const report = await new LoadTest(plan, { bundle: BUNDLE, tenant: TENANT }, { second: kill }).run();
      const tally = tallyOf(report);
      checkSums(tally);
      expect(report).toMatchObject({ ok: false, interrupted: false });
      expect(tally).toMatchObject({ opened: 4, lost: 4, unanswered: 0 });
      // it ended at once: nothing was scheduled for the rest of the minute
      expect(tally.scheduled).toBeLessThan(400 * 60);
      expect(await doomed.ended).toBe('SIGKILL');
    } finally {
      doomed.child.kill('SIGKILL');
    }
  });
});

describe('a run that is ended from outside', () => {
  it('gives the report of what was', async () => {
    const plan = planOf({ profile: { kind: 'hold', seconds: 60 } });
    const test: LoadTest = new LoadTest(plan, { bundle: BUNDLE, tenant: TENANT }, { second: () => test.stop() });
    const report = await test.run();
    expect(report).toMatchObject({ ok: true, interrupted: true });
    checkSums(tallyOf(report));
    expect(tallyOf(report)).toMatchObject({ unanswered: 0, failed: 0, unsent: 0 });
    expect(tallyOf(report).answered).toBeGreaterThan(0);
  });

  it('gives it even where its processes are killed', async () => {
    const plan = planOf({ profile: { kind: 'hold', seconds: 60 }, processes: 2 });
    const test: LoadTest = new LoadTest(plan, { bundle: BUNDLE, tenant: TENANT }, { second: () => test.kill() });
    const report = await test.run();
    expect(report).toMatchObject({ ok: false, interrupted: true, runs: [{ client: { processesLost: 2 } }] });
    checkSums(tallyOf(report));
    expect(report.runs[0]!.latency.count).toBe(tallyOf(report).answered);
  });
});

describe('the bare echo', () => {
  it.each<[string, Change]>([
    ['WebSocket', { batch: 4 }],
    ['HTTP', { protocol: 'http', inFlight: 1 }],
  ])('%s: is run in turns with the target, and takes the same bytes', async (_what, change) => {
    const report = await run({ ...change, echo: true, rounds: 2, serverPids: [process.pid] });
    expect(report.ok, JSON.stringify(report.runs.map(({ tally }) => tally))).toBe(true);
    expect(report.runs.map(({ against, round }) => `${against} ${round}`)).toEqual(['target 1', 'echo 1', 'echo 2', 'target 2']);
    expect(report.ratios?.requestsPerSecond).toBeGreaterThan(0);
    const [target, echo] = report.runs;
    expect(echo!.tally).toMatchObject({ sent: target!.tally.sent, bytesSent: target!.tally.bytesSent });
    // answers of one length here; in HTTP the heads differ
    if (change.protocol !== 'http') expect(echo!.tally.bytesReceived).toBe(target!.tally.bytesReceived);
    for (const { server: figures } of report.runs) {
      expect(figures!.after.pssBytes).toBeGreaterThan(1e6);
      expect(figures!.cpuSeconds).toBeGreaterThanOrEqual(0);
    }
  });
});
