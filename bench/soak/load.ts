// The callers of the soak: each request is followed until it has come to one end, and that end is looked at.

import { connect as connectSocket } from 'node:net';
import { WebSocket } from 'ws';
import { type Client, connect, type SocketConstructor } from '../../src/client/index.js';
import type { Decision } from '../../src/schema/decision.js';
import { BUNDLE, bundleTexts, LIST, PARAMETERS, type Payload, payloadOf, TENANT, type Truth } from './truth.js';

const TIMEOUT_MILLIS = 60_000;
const BATCH = 64;
const FAULTS_MAX = 20;
/** Answers that are no decision and no fault: the server says that it has no room. */
const REFUSED = new Set([429, 503]);

export interface Ends {
  /** Decided, and right. */
  right: number;
  /** Refused for want of room. */
  refused: number;
  /** INTERNAL: its worker was killed under it. */
  killed: number;
  wrong: number;
  /** No answer, or the connection was lost. */
  lost: number;
  /** Given up by us, on purpose. */
  aborted: number;
}

/** Ends by kind of request. */
export type Tally = Record<string, Ends>;

export class Load {
  readonly tally: Tally = {};
  readonly faults: string[] = [];
  private readonly path: string;
  private next = 0;
  private isOver = false;
  private readonly running: Promise<void>[] = [];
  private client: Client | undefined;

  constructor(
    private readonly url: string,
    private readonly truth: Truth,
  ) {
    this.path = `${url}/v1/${TENANT}`;
  }

  async start(): Promise<void> {
    await this.putList(0);
    await this.putParameters(0);
    this.client = await connect({ url: this.url, tenant: TENANT, webSocket: WebSocket as unknown as SocketConstructor });
    for (let i = 0; i < 4; i++) this.loop(20, () => this.single());
    this.loop(50, () => this.batch('application/json'));
    this.loop(50, () => this.batch('application/x-ndjson'));
    this.loop(20, () => this.stream());
    let version = 0;
    this.loop(2_000, () => this.putList(++version));
    this.loop(2_000, () => this.putParameters(++version));
    this.loop(5_000, () => this.publish(++version));
    this.loop(1_000, () => this.abort());
  }

  /** Begins nothing more, waits for what is on its way, and closes. */
  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.running);
    await this.client?.close();
  }

  private loop(millis: number, turn: () => Promise<void>): void {
    const run = async (): Promise<void> => {
      while (!this.isOver) {
        await turn();
        await new Promise((resolve) => setTimeout(resolve, millis));
      }
    };
    this.running.push(run());
  }

  private ends(kind: string): Ends {
    this.tally[kind] ??= { right: 0, refused: 0, killed: 0, wrong: 0, lost: 0, aborted: 0 };
    return this.tally[kind];
  }

  private fault(kind: string, end: 'wrong' | 'lost', text: string): void {
    this.ends(kind)[end]++;
    if (this.faults.length < FAULTS_MAX) this.faults.push(`${kind}: ${text}`);
  }

  private async check(kind: string, payload: Payload, decision: Decision): Promise<void> {
    const fault = await this.truth.faultOf(payload, decision);
    if (fault === '') this.ends(kind).right++;
    else this.fault(kind, 'wrong', fault);
  }

  private payloads(count: number): Payload[] {
    return Array.from({ length: count }, () => payloadOf(this.next++));
  }

  /** Sends a request, and has `read` look at its answer where it is one of those that are wanted. */
  private async ask(
    kind: string,
    method: string,
    path: string,
    type: string,
    body: string,
    read: (text: string) => Promise<void>,
  ): Promise<void> {
    let status: number;
    let text: string;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MILLIS);
      const response = await fetch(`${this.path}/${path}`, { method, headers: { 'content-type': type }, body, signal });
      status = response.status;
      text = await response.text();
    } catch (error) {
      const { cause, message } = error as Error;
      this.fault(kind, 'lost', (cause as Error | undefined)?.message ?? message);
      return;
    }
    if (status === 200 || status === 201) await read(text);
    else if (REFUSED.has(status)) this.ends(kind).refused++;
    else if (status === 500) this.ends(kind).killed++;
    else this.fault(kind, 'wrong', `${status} ${text.slice(0, 300)}`);
  }

  private single(): Promise<void> {
    const [payload] = this.payloads(1) as [Payload];
    const body = JSON.stringify(payload);
    return this.ask('HTTP', 'POST', `decisions/${BUNDLE}`, 'application/json', body, (text) =>
      this.check('HTTP', payload, JSON.parse(text) as Decision),
    );
  }

  private batch(type: string): Promise<void> {
    const kind = type === 'application/json' ? 'batch' : 'NDJSON';
    const payloads = this.payloads(BATCH);
    const texts = payloads.map((payload) => JSON.stringify(payload));
    const body = kind === 'batch' ? `[${texts.join(',')}]` : texts.join('\n');
    return this.ask(kind, 'POST', `decisions/${BUNDLE}/batch`, type, body, async (text) => {
      const decisions = (
        kind === 'batch'
          ? JSON.parse(text)
          : text
              .trim()
              .split('\n')
              .map((line) => JSON.parse(line) as unknown)
      ) as Decision[];
      if (decisions.length === BATCH)
        for (const [i, decision] of decisions.entries()) await this.check(kind, payloads[i]!, decision);
      else this.fault(kind, 'wrong', `${decisions.length} decisions for ${BATCH} payloads`);
    });
  }

  private async stream(): Promise<void> {
    const one = async (payload: Payload): Promise<void> => {
      try {
        await this.check('stream', payload, await this.client!.decide(BUNDLE, payload, { deadlineMillis: TIMEOUT_MILLIS }));
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'INTERNAL') this.ends('stream').killed++;
        else if (code === 'BUSY' || code === 'OVERLOADED') this.ends('stream').refused++;
        else this.fault('stream', 'lost', String(error));
      }
    };
    await Promise.all(this.payloads(BATCH).map(one));
  }

  private putList(version: number): Promise<void> {
    const entries = Array.from({ length: 200 }, (_, i) => `user${(i * 5 + version) % 1000}@example.com`);
    return this.ask('list', 'PUT', `lists/${LIST}`, 'text/plain', entries.join('\n'), async (text) => {
      this.truth.listPut((JSON.parse(text) as { version: string }).version, entries);
      this.ends('list').right++;
    });
  }

  private putParameters(version: number): Promise<void> {
    const large = (version * 97) % 1000;
    return this.ask(
      'parameters',
      'PUT',
      `parameters/${PARAMETERS}`,
      'application/json',
      JSON.stringify({ large }),
      async (text) => {
        this.truth.parametersPut((JSON.parse(text) as { version: string }).version, large);
        this.ends('parameters').right++;
      },
    );
  }

  private publish(version: number): Promise<void> {
    const body = JSON.stringify({ files: bundleTexts(version) });
    return this.ask('publish', 'PUT', `bundles/${BUNDLE}`, 'application/json', body, async () => void this.ends('publish').right++);
  }

  /** Callers that go away: in the middle of a request, with a batch that is on its way, with a WebSocket that is owed answers. */
  private async abort(): Promise<void> {
    const { port, hostname } = new URL(this.url);
    const half = connectSocket(Number(port), hostname);
    half.on('error', () => {});
    half.write(
      `POST /v1/${TENANT}/decisions/${BUNDLE} HTTP/1.1\r\nHost: x\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email',
    );
    const gone = new AbortController();
    const body = `[${this.payloads(BATCH * 8)
      .map((payload) => JSON.stringify(payload))
      .join(',')}]`;
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: gone.signal };
    const batch = fetch(`${this.path}/decisions/${BUNDLE}/batch`, options).then((response) => response.arrayBuffer());
    const socket = new WebSocket(`${this.path.replace('http', 'ws')}/stream`, 'verdict.v1');
    socket.on('error', () => {});
    socket.on('open', () => {
      for (const payload of this.payloads(BATCH)) socket.send(JSON.stringify({ id: 1, bundle: BUNDLE, payload }));
      socket.terminate();
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await new Promise((resolve) => setTimeout(resolve, 5));
    gone.abort();
    half.destroy();
    await Promise.allSettled([batch, closed]);
    this.ends('aborts').aborted += 3;
  }
}
