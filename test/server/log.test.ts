import { describe, expect, it } from 'vitest';
import { createLog, type LogForm } from '#src/server/log.js';

function lines(form: LogForm): string[] {
  const written: string[] = [];
  const log = createLog(form, { write: (line) => written.push(line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME')) });
  log.info({}, 'serving');
  log.warn({ tenant: 'acme', micros: 12n }, 'odd');
  log.error({ err: new RangeError('too far') }, 'failed');
  return written;
}

describe('log', () => {
  it('writes lines for people', () => {
    const [info, warn, error] = lines('text');
    expect(info).toBe('TIME info serving\n');
    expect(warn).toBe('TIME warn odd {"tenant":"acme","micros":12}\n');
    expect(error).toMatch(/^TIME error failed \{"err":\{"type":"RangeError","message":"too far","stack":"[^\n]*\}\n$/);
  });

  it('writes lines for machines', () => {
    const [info, warn, error] = lines('json').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(info).toEqual({ level: 'info', time: 'TIME', msg: 'serving' });
    expect(warn).toEqual({ level: 'warn', time: 'TIME', tenant: 'acme', micros: 12, msg: 'odd' });
    expect(error).toMatchObject({ level: 'error', err: { type: 'RangeError', message: 'too far' } });
  });

  it('writes nothing', () => expect(lines('off')).toEqual([]));
});
