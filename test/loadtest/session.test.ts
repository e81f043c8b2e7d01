// Sessions against a server that exists on paper: time moves from event to event, so that every count is known beforehand.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arrivals } from '#src/loadtest/arrivals.js';
import { Profile, type ProfileOptions, phasesOf } from '#src/loadtest/profile.js';
import { Session } from '#src/loadtest/session.js';
import type { Tally } from '#src/loadtest/tally.js';
import { countBetween } from '../lib/latencies.js';
import { testSeed } from '../lib/model.js';

const SECOND = 1_000_000;

interface Setting {
  connections?: number;
  inFlight?: number;
  profile?: ProfileOptions;
  /** Requests a second; absent: closed loop. */
  rate?: number;
  requestsMax?: number;
  drainSeconds?: number;
  /** When the answer to a request that arrives at `at` leaves; undefined: never. The answers of a connection keep their order. */
  server: (at: number, connection: number) => number | undefined;
  failure?: (at: number) => string | undefined;
  /** Connections that end, and when. */
  losses?: [number, number][];
}

interface Event {
  at: number;
  run(): void;
}

/** Runs a session to its end. */
function simulate(setting: Setting): {
  session: Session;
  sent: { at: number; connection: number; message: number }[];
  busyMax: number;
} {
  const { connections = 1, inFlight = 1, requestsMax = 1e9, drainSeconds = 5, rate, server, failure, losses = [] } = setting;
  const profile = new Profile(phasesOf(setting.profile ?? { kind: 'hold', seconds: 5 }));
  const events: Event[] = [];
  const sent: { at: number; connection: number; message: number }[] = [];
  let now = 0;
  let busyMax = 0;
  const put = (event: Event): void => {
    const index = events.findIndex(({ at }) => at > event.at);
    events.splice(index < 0 ? events.length : index, 0, event);
  };
  const options = { connections, inFlight, profile, requestsMax, messages: 7 };
  const arrivals =
    rate === undefined ? undefined : new Arrivals(profile, { kind: 'constant', rate, share: 0, shares: 1, runLength: 1, seed: 1 });
  const session: Session = new Session(arrivals === undefined ? options : { ...options, arrivals }, {
    send: (connection, message, lane, tag) => {
      sent.push({ at: now, connection, message });
      busyMax = Math.max(busyMax, session.inFlight);
      const answer = server(now, connection);
      if (answer !== undefined) put({ at: answer, run: () => void session.answered(connection, lane, tag, now, failure?.(now)) });
    },
  });
  for (let i = 0; i < connections; i++) session.opened(i);
  for (const [at, connection] of losses) put({ at, run: () => session.lost(connection, 'ECONNRESET') });
  const limit = profile.micros + drainSeconds * SECOND;
  while (!session.isOver(now) && now < limit) {
    session.pump(now);
    const due = Math.min(session.nextDue(now), now < profile.micros ? profile.micros : limit);
    const next = events[0];
    if (next !== undefined && next.at <= due) {
      now = next.at;
      events.shift();
      next.run();
    } else now = due;
  }
  session.stop(now);
  while (session.inFlight > 0 && events[0] !== undefined && events[0].at <= limit) {
    now = events[0].at;
    events.shift()?.run();
  }
  session.finish(session.inFlight > 0 ? limit : now);
  return { session, sent, busyMax };
}

function checkSums({ scheduled, sent, answered, failed, unanswered, unsent, failures }: Tally): void {
  expect(scheduled).toBe(sent + unsent);
  expect(sent).toBe(answered + failed + unanswered);
  expect(Object.values(failures).reduce((sum, count) => sum + count, 0)).toBe(failed);
}

/** A server that takes a millisecond, and answers nothing from second 2 to second 3. */
const stalling = (at: number): number => (at >= 2 * SECOND && at < 3 * SECOND ? 3 * SECOND : at) + 1_000;

describe('a stall of a second', () => {
  it('is seen in an open loop by every request that was due in it', () => {
    const { session } = simulate({ rate: 1_000, inFlight: 5_000, server: stalling });
    expect(session.tally).toMatchObject({ scheduled: 5_000, sent: 5_000, answered: 5_000, failed: 0, unanswered: 0, unsent: 0 });
    // due at 2.0005, 2.0015, ... 2.9995: a thousand, of which 501 wait half a second or longer
    expect(countBetween(session.latency, 1_100, 1e9)).toBe(1_000);
    expect(countBetween(session.latency, 500_000, 1e9)).toBe(501);
    expect(session.latency.at(50)).toBe(1_000);
    expect(session.latency.at(99)).toBeGreaterThan(940_000);
    expect(session.lag.percentiles()).toMatchObject({ count: 5_000, max: 1 });
  });

  it('is seen so even where requests had to wait for a connection', () => {
    const { session } = simulate({ rate: 400, inFlight: 1, server: stalling });
    expect(session.tally).toMatchObject({ scheduled: 2_000, answered: 2_000, unsent: 0 });
    // one is sent into the stall; 399 wait for it to end, and then for one another
    expect(countBetween(session.latency, 1_100, 1e9)).toBeGreaterThanOrEqual(400);
    expect(countBetween(session.service, 1_100, 1e9)).toBe(1);
    // what waits for the server is no delay of the tester's own
    expect(session.lag.percentiles().max).toBe(1);
  });

  it('is seen in a closed loop once a lane', () => {
    const { session } = simulate({ inFlight: 4, server: stalling });
    expect(countBetween(session.latency, 1_100, 1e9)).toBe(4);
    expect(session.tally).toMatchObject({ answered: 16_000, unsent: 0 });
    checkSums(session.tally);
  });
});

describe('an open loop', () => {
  it('sends every request at its time, whatever comes back', () => {
    const { sent } = simulate({ rate: 1_000, inFlight: 5_000, server: stalling });
    expect(sent.map(({ at }) => Math.round(at))).toEqual(Array.from({ length: 5_000 }, (_, i) => i * 1_000 + 500));
  });

  it('takes connections and messages in turn', () => {
    const { sent } = simulate({ rate: 100, connections: 3, inFlight: 2, server: (at) => at + 10 });
    expect(sent.slice(0, 9).map(({ connection }) => connection)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(sent.slice(0, 9).map(({ message }) => message)).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1]);
  });

  it('counts what it could not send', () => {
    const { session, busyMax } = simulate({ rate: 1_000, connections: 2, inFlight: 3, server: () => undefined });
    expect(session.tally).toMatchObject({ scheduled: 5_000, sent: 6, answered: 0, unanswered: 6, unsent: 4_994 });
    expect(busyMax).toBe(6);
    expect(session.latency.count).toBe(0);
    // and says that they took at least as long as the run went on
    expect(session.atLeast.count).toBe(5_000);
    expect(session.atLeast.at(50)).toBeGreaterThan(2_490_000);
  });

  it('is over by count before it is by time', () => {
    const { session } = simulate({ rate: 1_000, requestsMax: 10, inFlight: 4, server: (at) => at + 100 });
    expect(session.tally).toMatchObject({ scheduled: 10, sent: 10, answered: 10, unsent: 0 });
  });

  it.each([
    [{ kind: 'ramp', seconds: 4 } as const, [125, 375, 625, 875]],
    [{ kind: 'burst', seconds: 4, burstSeconds: 1, burstEverySeconds: 2, baseShare: 0.1 } as const, [100, 1_000, 100, 1_000]],
  ])('follows %j', (profile, perSecond) => {
    const { sent } = simulate({ rate: 1_000, inFlight: 4, profile, server: (at) => at + 100 });
    const counts = perSecond.map((_, second) => sent.filter(({ at }) => Math.floor(at / SECOND) === second).length);
    expect(counts).toEqual(perSecond);
  });
});

describe('a closed loop', () => {
  it('keeps as many in flight as it may', () => {
    const { session, busyMax } = simulate({ connections: 3, inFlight: 2, server: (at) => at + 250_000 });
    expect(busyMax).toBe(6);
    expect(session.tally).toMatchObject({ sent: 120, answered: 120 });
  });

  it('fills its lanes as a ramp rises', () => {
    const { sent } = simulate({ connections: 10, profile: { kind: 'ramp', seconds: 5 }, server: (at) => at + SECOND / 2 });
    // a lane that is free by then takes the next at its half second: 10, 20, ... 100 % of ten
    const busyAt = (at: number) => sent.filter((request) => request.at <= at && request.at + SECOND / 2 > at).length;
    expect([0.2, 1, 2, 3, 4, 4.9].map((seconds) => busyAt(seconds * SECOND))).toEqual([0, 2, 4, 6, 8, 10]);
  });
});

describe('what goes wrong', () => {
  it('is told by its kind', () => {
    const { session } = simulate({
      rate: 10,
      inFlight: 8,
      server: (at) => at + 10,
      failure: (at) => (at < SECOND ? 'BUSY' : undefined),
    });
    expect(session.tally).toMatchObject({ sent: 50, answered: 40, failed: 10, failures: { BUSY: 10 } });
    expect(session.latency.count).toBe(40);
    checkSums(session.tally);
  });

  it('with a connection loses what it owed', () => {
    const { session } = simulate({
      rate: 100,
      connections: 2,
      inFlight: 100,
      server: (at, connection) => (connection === 0 ? undefined : at + 10),
      losses: [[SECOND, 0]],
    });
    expect(session.tally).toMatchObject({
      sent: 500,
      answered: 450,
      failed: 50,
      failures: { ECONNRESET: 50 },
      lost: 1,
      unanswered: 0,
    });
    expect(session.openConnections).toBe(1);
  });

  it('is not counted twice: an answer that comes again, late, or to another connection', () => {
    const sent: [number, number, number][] = [];
    const options = {
      connections: 2,
      inFlight: 2,
      profile: new Profile(phasesOf({ kind: 'hold', seconds: 1 })),
      requestsMax: 4,
      messages: 1,
    };
    const session = new Session(options, { send: (connection, _message, lane, tag) => void sent.push([connection, lane, tag]) });
    session.opened(0);
    session.opened(1);
    session.pump(0);
    const [connection, lane, tag] = sent[0]!;
    expect(session.answered(1 - connection, lane, tag, 10)).toBe(false);
    expect(session.answered(connection, lane, tag + 1, 10)).toBe(false);
    expect(session.answered(connection, 99, tag, 10)).toBe(false);
    expect(session.answered(connection, lane, tag, 10)).toBe(true);
    expect(session.answered(connection, lane, tag, 10)).toBe(false);
    session.finish(20);
    expect(session.tally).toMatchObject({ sent: 4, answered: 1, unanswered: 3, unexpected: 4 });
  });

  it('is not counted where it was due too early, whatever becomes of it', () => {
    const profile = new Profile(phasesOf({ kind: 'hold', seconds: 1 }));
    const sent: [connection: number, lane: number, tag: number][] = [];
    const session = new Session(
      {
        ...{ connections: 4, inFlight: 1, profile, requestsMax: 100, messages: 1, countFrom: 500_000 },
        arrivals: new Arrivals(profile, { kind: 'constant', rate: 10, share: 0, shares: 1, runLength: 1, seed: 1 }),
      },
      { send: (connection, _message, lane, tag) => void sent.push([connection, lane, tag]) },
    );
    for (let i = 0; i < 4; i++) session.opened(i);
    const answer = (request: number, now: number, failure?: string): boolean => session.answered(...sent[request]!, now, failure);
    // due at 50,000, 150,000, 250,000 and 350,000; 450,000 finds no connection
    session.pump(460_000);
    expect([answer(0, 470_000), answer(1, 480_000, 'BUSY')]).toEqual([true, true]);
    session.lost(sent[2]![0], 'ECONNRESET');
    expect(session.tally).toMatchObject({ scheduled: 0, sent: 0, answered: 0, failed: 0, lost: 1 });
    // 450,000 and then 550,000, the first that counts
    session.pump(560_000);
    answer(4, 600_000);
    answer(5, 570_000);
    session.stop(600_000);
    session.finish(600_000);
    expect(session.tally).toMatchObject({ scheduled: 1, sent: 1, answered: 1, failed: 0, unanswered: 0, unsent: 0, unexpected: 0 });
    expect(session.warmTally).toMatchObject({ scheduled: 5, sent: 5, answered: 2, failed: 2, unanswered: 1, lost: 0 });
    expect([session.latency.count, session.latency.percentiles().max, session.atLeast.count]).toEqual([1, 20_000, 1]);
  });

  it('leaves the order of answers to connections that keep one', () => {
    const sent: [number, number][] = [];
    const options = {
      connections: 1,
      inFlight: 3,
      profile: new Profile(phasesOf({ kind: 'hold', seconds: 1 })),
      requestsMax: 5,
      messages: 1,
    };
    const session = new Session(options, { send: (_connection, _message, lane, tag) => void sent.push([lane, tag]) });
    session.opened(0);
    session.pump(0);
    expect(session.answeredOldest(0, 100)).toBe(true);
    session.pump(100);
    expect(session.answeredOldest(0, 200)).toBe(true);
    session.pump(200);
    for (const at of [300, 400, 500]) session.answeredOldest(0, at);
    expect(session.answeredOldest(0, 600)).toBe(false);
    expect(session.tally).toMatchObject({ sent: 5, answered: 5, unexpected: 1 });
    // sent at 0, 0, 0, 100, 200; answered at 100 to 500 in that order
    expect([100, 200, 300].map((micros) => countBetween(session.latency, micros, micros))).toEqual([1, 1, 3]);
  });

  it('never breaks the sums, whatever happens in whatever order', () => {
    const act = fc.oneof(
      fc.record({
        kind: fc.constant('answer' as const),
        pick: fc.nat(99),
        failure: fc.option(fc.constantFrom('BUSY', 'HTTP_503')),
      }),
      fc.record({ kind: fc.constant('lose' as const), connection: fc.nat(2) }),
      fc.record({ kind: fc.constant('open' as const), connection: fc.nat(2) }),
      fc.record({ kind: fc.constant('wait' as const), micros: fc.nat(300_000) }),
      fc.record({ kind: fc.constant('stray' as const), lane: fc.nat(20), tag: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), fc.boolean(), (acts, isOpen) => {
        const profile = new Profile(phasesOf({ kind: 'burst', seconds: 3, burstSeconds: 0.5, burstEverySeconds: 1 }));
        const options = { connections: 3, inFlight: 2, profile, requestsMax: 60, messages: 2 };
        const arrivals = new Arrivals(profile, { kind: 'poisson', rate: 40, share: 0, shares: 1, runLength: 1, seed: 5 });
        const flying: [number, number, number][] = [];
        const session = new Session(isOpen ? { ...options, arrivals } : options, {
          send: (connection, _message, lane, tag) => void flying.push([connection, lane, tag]),
        });
        const open = new Set<number>();
        let now = 0;
        for (const step of acts) {
          if (step.kind === 'wait') now += step.micros;
          else if (step.kind === 'stray') session.answered(0, step.lane, 1e6 + step.tag, now);
          else if (step.kind === 'open') {
            session.opened(step.connection);
            open.add(step.connection);
          } else if (step.kind === 'lose') {
            session.lost(step.connection, 'ENDED');
            open.delete(step.connection);
            flying.splice(0, flying.length, ...flying.filter(([connection]) => connection !== step.connection));
          } else {
            const [request] = flying.splice(step.pick % Math.max(1, flying.length), 1);
            if (request !== undefined) expect(session.answered(...request, now, step.failure ?? undefined)).toBe(true);
          }
          session.pump(now);
          expect(session.inFlight).toBe(flying.length);
          expect(session.openConnections).toBe(open.size);
          // a connection never has more in flight than it may
          for (const one of [0, 1, 2]) expect(flying.filter(([connection]) => connection === one).length).toBeLessThanOrEqual(2);
        }
        session.finish(now);
        checkSums(session.tally);
        expect(session.latency.count).toBe(session.tally.answered);
        expect(session.atLeast.count).toBe(session.tally.answered + session.tally.unanswered + session.tally.unsent);
        expect(session.tally.scheduled).toBeLessThanOrEqual(60);
      }),
      { seed: testSeed('load sessions'), numRuns: 300 },
    );
  });
});
