import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { Channel, ChannelError } from '#src/channel/channel.js';
import { messagePort, type Poster } from '#src/channel/ports.js';
import { Problem } from '#src/errors.js';

interface Remote {
  double(value: number): Promise<number>;
  fail(what: string): Promise<never>;
  never(value: null): Promise<never>;
  hear(value: string): void;
}

const open: Channel<object>[] = [];
afterEach(() => {
  for (const channel of open.splice(0)) channel.close();
});

/** Two ends of a line. */
function pair(handlers: Partial<Remote>): { near: Channel<Remote>; far: Channel<object>; ends: unknown[] } {
  const { port1, port2 } = new MessageChannel();
  const ends: unknown[] = [];
  const near = new Channel<Remote>(messagePort(port1), {}, (error) => ends.push(['near', error]));
  const far = new Channel(messagePort(port2), handlers, (error) => ends.push(['far', (error as Error | undefined)?.message]));
  open.push(near, far);
  return { near, far, ends };
}

const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('a channel', () => {
  it('answers calls, each its own, however long they take', async () => {
    const { near } = pair({
      double: async (value) => {
        await new Promise((go) => setTimeout(go, 10 - value));
        return value * 2;
      },
    });
    expect(await Promise.all([1, 2, 3].map((value) => near.call('double', value)))).toEqual([2, 4, 6]);
  });

  it('keeps the order of calls and events', async () => {
    const heard: string[] = [];
    const { near } = pair({ hear: (text) => void heard.push(text), double: async (value) => heard.push(String(value)) });
    near.tell('hear', 'a');
    const called = near.call('double', 1);
    near.tell('hear', 'b');
    await called;
    await until(() => heard.length === 3);
    expect(heard).toEqual(['a', '1', 'b']);
  });

  it('hands a Problem over whole', async () => {
    const errors = [{ pointer: '/1', code: 'FORMAT', message: 'no' }];
    const { near } = pair({
      fail: async () => {
        throw new Problem('INVALID_LIST', 'it is not', errors, [{ code: 'V1' }], 3);
      },
    });
    const error = (await near.call('fail', '').catch((thrown: unknown) => thrown)) as Problem;
    expect(error).toBeInstanceOf(Problem);
    expect({ ...error, message: error.message }).toEqual({
      ...{ name: 'Problem', code: 'INVALID_LIST', message: 'it is not', retryAfterSeconds: 3 },
      ...{ errors, diagnostics: [{ code: 'V1' }] },
    });
  });

  const failures: [string, Partial<Remote>, RegExp][] = [
    ['another error', { fail: () => Promise.reject(new TypeError('bug')) }, /^fail: bug$/],
    ['a name that nobody handles', {}, /nobody handles fail/],
    ['an answer that cannot be sent', { fail: async () => (() => {}) as never }, /could not be cloned/],
  ];
  for (const [name, handlers, message] of failures) {
    it(`says FAILED of ${name}`, async () => {
      const { near } = pair(handlers);
      const error = (await near.call('fail', '').catch((thrown: unknown) => thrown)) as ChannelError;
      expect(error).toBeInstanceOf(ChannelError);
      expect(error.code).toBe('FAILED');
      expect(error.message).toMatch(message);
    });
  }

  it('never takes a name of Object for a handler', async () => {
    const { near } = pair({});
    const call = (near as unknown as Channel<{ toString(value: null): string }>).call('toString', null);
    await expect(call).rejects.toThrow(/nobody handles toString/);
  });

  it('gives a call up when its time is over, and drops the answer', async () => {
    let answer = (_value: number): void => {};
    const { near } = pair({ double: () => new Promise((resolve) => (answer = resolve)) });
    await expect(near.call('double', 1, 5)).rejects.toMatchObject({ code: 'LATE' });
    answer(2);
    expect(near.isClosed).toBe(false);
  });

  it('settles what is open when the other side goes, then tells, and hears nothing more', async () => {
    const { near, far, ends } = pair({ never: () => new Promise(() => {}) });
    const order: string[] = [];
    const call = near.call('never', null).catch((error: ChannelError) => order.push(error.code));
    await near.call('double', 1).catch(() => {});
    far.close();
    await call;
    await until(() => ends.length === 2);
    expect(order).toEqual(['CLOSED']);
    expect(ends).toEqual([
      ['far', undefined],
      ['near', undefined],
    ]);
    await expect(near.call('double', 1)).rejects.toMatchObject({ code: 'CLOSED' });
    near.tell('hear', 'lost');
  });

  it('refuses what cannot be cloned, and goes on', async () => {
    const { near } = pair({ double: async (value) => value * 2 });
    await expect(near.call('double', (() => {}) as never)).rejects.toThrow(/could not be cloned/);
    expect(await near.call('double', 4)).toBe(8);
  });

  for (const [how, hear] of [
    ['throws', (): void => assertFails()],
    ['rejects', async (): Promise<void> => assertFails()],
  ] as const) {
    it(`is cut where the handler of an event ${how}`, async () => {
      const { near, ends } = pair({ hear });
      near.tell('hear', 'x');
      await until(() => ends.length === 2);
      expect(ends[0]).toEqual(['far', 'a bug']);
    });
  }

  it('ends with a thread that is gone', () => {
    const worker = Object.assign(new EventEmitter(), { postMessage: () => {} });
    const ends: unknown[] = [];
    new Channel(messagePort(worker satisfies Poster), {}, () => ends.push('ended'));
    worker.emit('exit', 1);
    expect(ends).toEqual(['ended']);
  });
});

function assertFails(): never {
  throw new Error('a bug');
}
