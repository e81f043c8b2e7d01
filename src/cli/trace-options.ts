// Options of `verdict serve` for OpenTelemetry.

import { Option } from 'commander';
import type { ServerOptions } from '../server/config.js';
import { listOption } from './command.js';
import { UsageError } from './errors.js';

export interface TraceFlags {
  otlpEndpoint?: string;
  otlpHeaders?: string[];
}

export function traceOptions(): Option[] {
  return [
    new Option('--otlp-endpoint <url>', 'collector of OpenTelemetry that gets the spans of traced requests'),
    new Option('--otlp-headers <headers>', 'headers that it wants, as name=value, by commas').argParser(listOption),
  ];
}

/** Throws UsageError where a header has no value; what was given is not repeated, since it may be a secret. */
export function traceServerOptions({ otlpEndpoint, otlpHeaders }: TraceFlags): Pick<ServerOptions, 'otlp'> {
  if (otlpEndpoint === undefined) {
    if (otlpHeaders !== undefined) throw new UsageError('--otlp-headers is nothing without --otlp-endpoint');
    return {};
  }
  const headers = (otlpHeaders ?? []).map((header, index) => {
    const at = header.indexOf('=');
    if (at <= 0) throw new UsageError(`--otlp-headers: part ${index + 1} is not of the form name=value`);
    return [header.slice(0, at).trim(), header.slice(at + 1).trim()];
  });
  return { otlp: { endpoint: otlpEndpoint, headers: Object.fromEntries(headers) } };
}
