import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { number, Output, percent, plural, wantsColor } from '#src/cli/output.js';

/** A stream that keeps what is written to it. */
function makeStream(isTTY = false): { stream: NodeJS.WriteStream; text(): string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream, text: () => text };
}

describe('wantsColor', () => {
  for (const [isTTY, env, expected] of [
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [true, { TERM: 'xterm' }, true],
  ] as const) {
    it(`is ${expected} ${isTTY ? 'on' : 'off'} a terminal with ${JSON.stringify(env)}`, () => {
      expect(wantsColor(makeStream(isTTY).stream, env)).toBe(expected);
    });
  }
});

describe('Output', () => {
  it('aligns the columns of a table, and cuts cells that are too long', () => {
    const { stream, text } = makeStream();
    const columns = [{ title: 'rule' }, { title: 'cost', align: 'right' }, { title: 'where' }] as const;
    new Output({ json: false, stream }).table(columns, [
      ['a', '1,000', 'x'],
      ['b'.repeat(70), '2', ''],
    ]);
    expect(text().split('\n')).toEqual([
      `rule${' '.repeat(56)}   cost  where`,
      `a${' '.repeat(59)}  1,000  x`,
      `${'b'.repeat(59)}…      2`,
      '',
    ]);
  });

  it('prints either text or JSON', () => {
    const people = makeStream();
    const asText = new Output({ json: false, stream: people.stream });
    asText.line('hello');
    asText.result({ ok: true });
    expect(people.text()).toBe('hello\n');
    const programs = makeStream(true);
    const asJson = new Output({ json: true, stream: programs.stream });
    asJson.line('hello');
    asJson.table([{ title: 'x' }], [['y']]);
    asJson.result({ ok: true, big: 12345678901234567890n, text: asJson.paint('plain', 'red') });
    expect(programs.text()).toBe('{\n  "ok": true,\n  "big": "12345678901234567890",\n  "text": "plain"\n}\n');
  });

  it('paints on a terminal only', () => {
    expect(new Output({ json: false, stream: makeStream(false).stream }).paint('x', 'red')).toBe('x');
  });
});

describe('numbers', () => {
  for (const [shown, expected] of [
    [number(1234567), '1,234,567'],
    [number(-0.5, 2), '-0.5'],
    [number(1.005, 1), '1'],
    [percent(1, 3), '33.3 %'],
    [percent(0, 0), '-'],
    [plural(1, 'row'), '1 row'],
    [plural(0, 'row'), '0 rows'],
    [plural(1200, 'row'), '1,200 rows'],
  ] as const) {
    it(`are shown as ${expected}`, () => {
      expect(shown).toBe(expected);
    });
  }
});
