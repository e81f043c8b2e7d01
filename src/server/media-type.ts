// Content negotiation between the media types of decisions (RFC 9110, 12.5.1).

import { Problem } from '../errors.js';

export enum Media {
  JSON = 0,
  FLATBUFFERS = 1,
  /** A JSON text a line; of batches only. */
  NDJSON = 2,
}

export const JSON_TYPE = 'application/json';
export const FLATBUFFERS_TYPE = 'application/x-flatbuffers';
export const NDJSON_TYPE = 'application/x-ndjson';

/** By Media. */
const TYPES = [JSON_TYPE, FLATBUFFERS_TYPE, NDJSON_TYPE] as const;
const ONE_COUNT = 2;

/** What is between two commas that are not inside quotes. */
const RANGE = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g;
const WEIGHT = /;\s*q\s*=\s*([^;\s]*)\s*(?:;|$)/i;
/** RFC 9110, 12.4.2. */
const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** Content-Type of an answer. */
export function mediaType(media: Media): string {
  return TYPES[media];
}

/**
 * Media type of a body by its Content-Type; of the parameters only another charset than UTF-8 counts. Throws Problem
 * UNSUPPORTED_MEDIA_TYPE.
 */
export function bodyMedia(contentType: string, isBatch = false): Media {
  if (contentType === JSON_TYPE) return Media.JSON;
  const media = TYPES.indexOf(essence(contentType) as (typeof TYPES)[number]);
  if (media >= 0 && media < countOf(isBatch) && isUtf8Type(contentType)) return media;
  throw new Problem(
    'UNSUPPORTED_MEDIA_TYPE',
    contentType === '' ? 'there is no Content-Type' : `Content-Type is ${contentType}; send ${offered(isBatch)}`,
  );
}

/**
 * The media type to answer with: the one Accept likes best, `same` (that of the request) among equals. Throws Problem
 * NOT_ACCEPTABLE.
 */
export function answerMedia(accept: string, same: Media, isBatch = false): Media {
  if (accept === '' || accept === '*/*') return same;
  if (accept === JSON_TYPE) return Media.JSON;
  const ranges = accept.match(RANGE) ?? [];
  let best = same;
  let most = weightOf(ranges, TYPES[same]);
  for (let media = 0; media < countOf(isBatch); media++) {
    const weight = weightOf(ranges, TYPES[media]!);
    if (weight <= most) continue;
    best = media;
    most = weight;
  }
  if (most === 0) throw new Problem('NOT_ACCEPTABLE', `Accept is ${accept}; there is ${offered(isBatch)}`);
  return best;
}

/** Whether a media type names no charset, or one whose texts are UTF-8. */
export function isUtf8Type(mediaType: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(mediaType)?.[1]?.toLowerCase() ?? 'utf-8';
  return charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}

/** Media type without parameters, in lower case: `Application/JSON; charset=utf-8` -> `application/json`. */
export function essence(mediaType: string): string {
  const end = mediaType.indexOf(';');
  return (end < 0 ? mediaType : mediaType.slice(0, end)).trim().toLowerCase();
}

function countOf(isBatch: boolean): number {
  return isBatch ? TYPES.length : ONE_COUNT;
}

function offered(isBatch: boolean): string {
  return isBatch ? `${JSON_TYPE}, ${NDJSON_TYPE} or ${FLATBUFFERS_TYPE}` : `${JSON_TYPE} or ${FLATBUFFERS_TYPE}`;
}

/** The q of the most specific range that covers `type`; 0 = not acceptable. A range whose q is none is not there. */
function weightOf(ranges: readonly string[], type: string): number {
  let specificity = 0;
  let weight = 0;
  for (const part of ranges) {
    const range = essence(part);
    const own = range === type ? 3 : range === 'application/*' ? 2 : range === '*/*' ? 1 : 0;
    if (own <= specificity) continue;
    const q = WEIGHT.exec(part)?.[1];
    if (q !== undefined && !QVALUE.test(q)) continue;
    specificity = own;
    weight = q === undefined ? 1 : Number(q);
  }
  return weight;
}
