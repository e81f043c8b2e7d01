// Content negotiation between the two media types of decisions.

import { Problem } from '../errors.js';

export enum Media {
  JSON = 0,
  FLATBUFFERS = 1,
}

export const JSON_TYPE = 'application/json';
export const FLATBUFFERS_TYPE = 'application/x-flatbuffers';

/** Media type of a body by its Content-Type; parameters are ignored. Throws Problem UNSUPPORTED_MEDIA_TYPE. */
export function bodyMedia(contentType: string): Media {
  if (contentType === JSON_TYPE) return Media.JSON;
  if (contentType === FLATBUFFERS_TYPE) return Media.FLATBUFFERS;
  switch (essence(contentType)) {
    case JSON_TYPE:
      return Media.JSON;
    case FLATBUFFERS_TYPE:
      return Media.FLATBUFFERS;
    default:
      throw new Problem(
        'UNSUPPORTED_MEDIA_TYPE',
        contentType === '' ? 'there is no Content-Type' : `Content-Type is ${contentType}`,
      );
  }
}

/**
 * The media type to answer with: the one Accept likes best, `same` (that of the request) among equals. Throws Problem
 * NOT_ACCEPTABLE.
 */
export function answerMedia(accept: string, same: Media): Media {
  if (accept === '' || accept === '*/*') return same;
  if (accept === JSON_TYPE) return Media.JSON;
  if (accept === FLATBUFFERS_TYPE) return Media.FLATBUFFERS;
  const json = weightOf(accept, JSON_TYPE);
  const flatbuffers = weightOf(accept, FLATBUFFERS_TYPE);
  if (json === 0 && flatbuffers === 0) throw new Problem('NOT_ACCEPTABLE', `Accept is ${accept}`);
  if (json === flatbuffers) return same;
  return json > flatbuffers ? Media.JSON : Media.FLATBUFFERS;
}

/** Media type without parameters, in lower case: `Application/JSON; charset=utf-8` -> `application/json`. */
export function essence(mediaType: string): string {
  const end = mediaType.indexOf(';');
  return (end < 0 ? mediaType : mediaType.slice(0, end)).trim().toLowerCase();
}

/** The q of the most specific range that covers `type` (RFC 9110, 12.5.1); 0 = not acceptable. */
function weightOf(accept: string, type: string): number {
  let specificity = 0;
  let weight = 0;
  for (const part of accept.split(',')) {
    const range = essence(part);
    const own = range === type ? 3 : range === 'application/*' ? 2 : range === '*/*' ? 1 : 0;
    if (own <= specificity) continue;
    specificity = own;
    const q = /;\s*q\s*=([^;]*)/i.exec(part)?.[1];
    weight = q === undefined ? 1 : Math.min(1, Number.isNaN(Number(q)) ? 0 : Number(q));
  }
  return weight;
}
