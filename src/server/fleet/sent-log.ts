// The log of a process or thread whose lines another one writes.

import type { Log } from '../config.js';
import type { LogLevel } from './link.js';

/** A log that sends what it is told. */
export function sentLog(send: (entry: { level: LogLevel; fields: object; message: string }) => void): Log {
  const write =
    (level: LogLevel) =>
    (fields: object, message: string): void =>
      send({ level, fields: plain(fields), message });
  return { info: write('info'), warn: write('warn'), error: write('error') };
}

/** Fields of an entry as they can be sent: errors as they are, all else as JSON has it. */
function plain(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (!(value instanceof Error)) return [name, JSON.parse(JSON.stringify(value ?? null)) as unknown];
      const error = new Error(value.message);
      if (value.stack !== undefined) error.stack = value.stack;
      return [name, error];
    }),
  );
}
