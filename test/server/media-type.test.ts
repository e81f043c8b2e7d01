import { describe, expect, it } from 'vitest';
import type { Problem } from '#src/errors.js';
import { answerMedia, bodyMedia, Media } from '#src/server/media-type.js';

function check(negotiate: () => Media): string {
  try {
    return Media[negotiate()] as string;
  } catch (error) {
    return (error as Problem).code;
  }
}

describe('bodyMedia', () => {
  it.each([
    ['application/json', 'JSON'],
    ['application/json; charset=utf-8', 'JSON'],
    ['Application/JSON ;charset="UTF-8"', 'JSON'],
    ['application/x-flatbuffers', 'FLATBUFFERS'],
    ['', 'UNSUPPORTED_MEDIA_TYPE'],
    ['text/plain', 'UNSUPPORTED_MEDIA_TYPE'],
    ['application/json, application/x-flatbuffers', 'UNSUPPORTED_MEDIA_TYPE'],
    ['application/jsonx', 'UNSUPPORTED_MEDIA_TYPE'],
    ['application/json; charset=utf-16', 'UNSUPPORTED_MEDIA_TYPE'],
    ['application/x-ndjson', 'UNSUPPORTED_MEDIA_TYPE'],
  ])('%j -> %s', (contentType, expected) => expect(check(() => bodyMedia(contentType))).toBe(expected));

  it.each([
    ['application/x-ndjson', 'NDJSON'],
    ['application/x-ndjson; charset=UTF-8', 'NDJSON'],
    ['application/json', 'JSON'],
  ])('of a batch: %j -> %s', (contentType, expected) => expect(check(() => bodyMedia(contentType, true))).toBe(expected));
});

describe('answerMedia', () => {
  it.each([
    ['', Media.JSON, 'JSON'],
    ['', Media.FLATBUFFERS, 'FLATBUFFERS'],
    ['*/*', Media.FLATBUFFERS, 'FLATBUFFERS'],
    ['application/*', Media.FLATBUFFERS, 'FLATBUFFERS'],
    ['application/json', Media.FLATBUFFERS, 'JSON'],
    ['application/x-flatbuffers', Media.JSON, 'FLATBUFFERS'],
    ['application/json, application/x-flatbuffers', Media.FLATBUFFERS, 'FLATBUFFERS'],
    ['application/json;q=0.5, application/x-flatbuffers;q=0.9', Media.JSON, 'FLATBUFFERS'],
    ['text/html, */*;q=0.1', Media.JSON, 'JSON'],
    ['*/*, application/json;q=0', Media.JSON, 'FLATBUFFERS'],
    ['application/json;q=0, */*;q=0', Media.JSON, 'NOT_ACCEPTABLE'],
    ['text/html', Media.JSON, 'NOT_ACCEPTABLE'],
    ['application/json;q=zero', Media.JSON, 'NOT_ACCEPTABLE'],
    ['application/json;q=-1', Media.JSON, 'NOT_ACCEPTABLE'],
    ['application/json;q=1.5', Media.JSON, 'NOT_ACCEPTABLE'],
    ['application/json;q=0.1234', Media.JSON, 'NOT_ACCEPTABLE'],
    ['application/json;q=0.000', Media.JSON, 'NOT_ACCEPTABLE'],
    ['application/json ; Q=1.000', Media.FLATBUFFERS, 'JSON'],
    ['text/x;a="b, application/x-flatbuffers", application/json', Media.FLATBUFFERS, 'JSON'],
    ['application/x-ndjson', Media.JSON, 'NOT_ACCEPTABLE'],
    ['application/*;q=0.2, application/x-flatbuffers;q=0.1', Media.FLATBUFFERS, 'JSON'],
  ])('%j on %i -> %s', (accept, same, expected) => expect(check(() => answerMedia(accept, same))).toBe(expected));

  it.each([
    ['application/x-ndjson', Media.JSON, 'NDJSON'],
    ['application/json;q=0.1, application/x-ndjson;q=0.2', Media.FLATBUFFERS, 'NDJSON'],
    ['*/*', Media.NDJSON, 'NDJSON'],
    ['application/*', Media.NDJSON, 'NDJSON'],
  ])('of a batch: %j on %i -> %s', (accept, same, expected) => expect(check(() => answerMedia(accept, same, true))).toBe(expected));
});
