// Where spans go.

export interface TraceOptions {
  /** Of the collector, e.g. `http://127.0.0.1:4318`; spans go to its `/v1/traces`. */
  endpoint: string;
  /** Headers that the collector wants, e.g. for authentication. Never logged. */
  headers?: Readonly<Record<string, string>>;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\x20-\x7e]*$/;

/** Where a collector takes spans. Throws RangeError where the endpoint is none. */
export function tracesUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.search !== '')
    throw new RangeError('otlp: the endpoint must be an http or https URL without credentials and query');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url;
}

/** Throws RangeError where spans cannot go there as they are told to. The value of a header is never said. */
export function checkTraceOptions({ endpoint, headers = {} }: TraceOptions): void {
  tracesUrl(endpoint);
  for (const [name, value] of Object.entries(headers))
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value))
      throw new RangeError(`otlp: ${JSON.stringify(name)} cannot be a header`);
}
