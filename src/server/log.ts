// What the server says of itself: pino's lines, written synchronously, since there are few and none may be lost at an exit.

import { pino } from 'pino';
import type { Log } from './config.js';

export type LogForm = 'text' | 'json' | 'off';

/** Where lines go; process.stderr fits. */
export interface LogTarget {
  write(line: string): unknown;
}

/** Fields of pino's lines that the text form does not repeat behind the message. */
const LEAD_FIELDS: ReadonlySet<string> = new Set(['time', 'level', 'msg']);

/**
 * A log that writes one line an entry: `json` as pino writes it, `text` for people (`time level message {fields}`), `off`
 * nothing. An Error goes in the field `err`.
 */
export function createLog(form: LogForm, target: LogTarget): Log {
  const options = {
    enabled: form !== 'off',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level: string) => ({ level }) },
  };
  return pino(options, form === 'text' ? { write: (line: string) => target.write(toText(line)) } : target);
}

function toText(line: string): string {
  const entry = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(entry).filter(([name]) => !LEAD_FIELDS.has(name));
  const shown = fields.length === 0 ? '' : ` ${JSON.stringify(Object.fromEntries(fields))}`;
  return `${entry.time} ${entry.level} ${entry.msg}${shown}\n`;
}
