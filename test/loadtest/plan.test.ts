import { describe, expect, it } from 'vitest';
import type { Machine } from '#src/loadtest/machine.js';
import { checkPlan, isLoopback, type LoadPlan, parseSource, parseTarget } from '#src/loadtest/plan.js';
import { type PreflightPlan, preflight } from '#src/loadtest/preflight.js';

describe('targets', () => {
  it.each([
    ['127.0.0.1:80', [['127.0.0.1', 80]]],
    [
      'localhost:9000-9002',
      [
        ['localhost', 9000],
        ['localhost', 9001],
        ['localhost', 9002],
      ],
    ],
    ['[::1]:1', [['::1', 1]]],
  ])('%s', (text, list) => expect(parseTarget(text)).toEqual(list.map(([host, port]) => ({ host, port }))));

  it.each(['', 'host', ':80', 'http://x:80', 'h:0', 'h:65536', 'h:9-8', 'h:1-2000', '::1:80', 'h:1-', 'a b:1'])('not %j', (text) =>
    expect(() => parseTarget(text)).toThrow(/is not a target; write/),
  );

  it.each([
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['::1', true],
    ['localhost', true],
    ['128.0.0.1', false],
    ['10.0.0.1', false],
    ['127.0.0.1.example.com', false],
    ['localhost.example.com', false],
  ])('%s of this machine alone: %s', (host, is) => expect(isLoopback(host)).toBe(is));
});

describe('sources', () => {
  it.each([
    ['127.1.0.1', ['127.1.0.1']],
    ['127.1.0.254-127.1.1.1', ['127.1.0.254', '127.1.0.255', '127.1.1.0', '127.1.1.1']],
  ])('%s', (text, list) => expect(parseSource(text)).toEqual(list));

  it.each(['', '127.1', '127.0.0.256', '127.0.0.2-127.0.0.1', '127.0.0.1-2', '127.0.0.0-127.1.0.0', 'a-b-c'])('not %j', (text) =>
    expect(() => parseSource(text)).toThrow(/is no source; write/),
  );
});

const MODEST: LoadPlan = {
  protocol: 'ws',
  path: '/v1/a/stream',
  tls: undefined,
  authorization: '',
  messages: { bytes: new Uint8Array(1), offsets: new Uint32Array([0, 1]), idOffsets: new Uint32Array(), payloads: 1 },
  targets: [{ host: '127.0.0.1', port: 1 }],
  sources: [],
  connections: 10,
  processes: 1,
  connectionsPerSecond: 100,
  connectingMax: 10,
  connectSecondsMax: 1,
  reconnect: false,
  inFlight: 1,
  loop: { kind: 'open', rate: 10, arrivals: 'constant', seed: 1 },
  profile: { kind: 'hold', seconds: 1 },
  requestsMax: 100,
  drainSeconds: 1,
  pace: 'timer',
  echo: false,
  rounds: 1,
  serverPids: [],
};

describe('bounds', () => {
  const allowed = { large: false, remote: false };
  it('let a modest plan pass', () => expect(() => checkPlan(MODEST, allowed)).not.toThrow());

  const cases: [string, Partial<LoadPlan>, RegExp][] = [
    ['connections', { connections: 1_001 }, /--connections 1001: more than 1000 needs --allow-large/],
    ['processes', { connections: 9, processes: 5 }, /--processes 5: more than 4 needs --allow-large/],
    ['time', { profile: { kind: 'hold', seconds: 61 } }, /--seconds 61.*--allow-large/],
    ['rate', { loop: { kind: 'open', rate: 100_001, arrivals: 'constant', seed: 1 } }, /--rate.*--allow-large/],
    ['requests', { requestsMax: 2e7 }, /--requests.*--allow-large/],
    ['in flight', { inFlight: 2_000 }, /--in-flight.*--allow-large/],
    ['rounds', { rounds: 10 }, /--rounds.*--allow-large/],
  ];
  for (const [what, change, message] of cases) {
    it(`on ${what}`, () => {
      expect(() => checkPlan({ ...MODEST, ...change }, allowed)).toThrow(message);
      expect(() => checkPlan({ ...MODEST, ...change }, { ...allowed, large: true })).not.toThrow();
    });
  }

  it.each([
    ['connections', { connections: 4_000_001 }, /--connections.*at most/],
    ['lanes', { connections: 1_000, inFlight: 65_536 }, /in flight in a process/],
    ['processes without connections', { connections: 2, processes: 3 }, /each needs a connection/],
    ['a profile that does not fit', { profile: { kind: 'ramp' as const, seconds: 1, rampSeconds: 2 } }, /ramp/],
  ])('that nothing lifts: %s', (_what, change, message) => {
    expect(() => checkPlan({ ...MODEST, ...change }, { large: true, remote: true })).toThrow(message);
  });

  it('on other machines', () => {
    const plan = { ...MODEST, targets: [{ host: '10.0.0.1', port: 80 }] };
    expect(() => checkPlan(plan, { ...allowed, large: true })).toThrow(/--target 10\.0\.0\.1.*--allow-remote/);
    expect(() => checkPlan(plan, { ...allowed, remote: true })).not.toThrow();
  });
});

describe('the preflight', () => {
  const machine: Machine = {
    descriptors: 20_000,
    filesMax: 2_466_183,
    filesOpen: 2_000,
    portFirst: 32_768,
    portLast: 60_999,
    tcpPagesPressure: 383_000,
    tcpPagesMax: 576_000,
    socketBuckets: 262_144,
    tracked: 0,
    trackedMax: 262_144,
    memoryBytes: 23e9,
  };
  const small: PreflightPlan = { connections: 1_000, processes: 1, targets: 1, sources: 0, isLocal: true };
  const million: PreflightPlan = { connections: 1_000_000, processes: 56, targets: 56, sources: 0, isLocal: true };
  const verdicts = (plan: PreflightPlan, facts: Partial<Machine> = {}): Record<string, string> =>
    Object.fromEntries(
      preflight(plan, { ...machine, ...facts })
        .filter(({ verdict }) => verdict !== 'ok')
        .map(({ what, verdict }) => [what.split(',')[0]!.replace(/ of .*| for .*| a .*/, ''), verdict]),
    );

  it.each<[string, PreflightPlan, Partial<Machine>, Record<string, string>]>([
    ['a small one passes', small, {}, {}],
    ['a million in 56 processes is only short of pages and buckets', million, {}, { pages: 'low', buckets: 'low' }],
    ['and of nothing where both are raised', million, { tcpPagesPressure: 2_097_152, socketBuckets: 2_097_152 }, {}],
    ['too few processes', { ...million, processes: 50, targets: 56 }, {}, { descriptors: 'no', pages: 'low', buckets: 'low' }],
    ['too few files', million, { filesMax: 2_000_000 }, { 'open files': 'no', pages: 'low', buckets: 'low' }],
    ['too few ports for one target', { ...small, connections: 30_000, processes: 2 }, { descriptors: 40_000 }, { ports: 'no' }],
    [
      'too few ports of one source',
      { ...small, connections: 30_000, processes: 2, sources: 1 },
      { descriptors: 40_000 },
      { ports: 'no' },
    ],
    ['enough of several', { ...small, connections: 30_000, processes: 2, sources: 2 }, { descriptors: 40_000 }, {}],
    ['too little memory', million, { memoryBytes: 8e9 }, { 'free memory': 'no', pages: 'low', buckets: 'low' }],
    ['a firewall that tracks', { ...small, connections: 10_000 }, { tracked: 5, trackedMax: 9_000 }, { connections: 'no' }],
  ])('%s', (_what, plan, facts, expected) => expect(verdicts(plan, facts)).toEqual(expected));

  it('claims nothing of a system that says nothing', () => {
    const unknown = Object.fromEntries(Object.keys(machine).map((key) => [key, undefined])) as unknown as Machine;
    expect(verdicts(million, { ...unknown, descriptors: 20_000 })).toEqual({});
  });

  it('says how many processes it takes', () => {
    const [finding] = preflight({ ...million, processes: 4 }, machine);
    expect(finding).toMatchObject({
      verdict: 'no',
      needed: 250_100,
      found: 20_000,
      advice: expect.stringContaining('--processes 51'),
    });
  });
});
