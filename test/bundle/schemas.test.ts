import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_SCHEMAS, type DocumentKind, documentSchemaText } from '#src/bundle/schemas.js';

const kinds = Object.keys(DOCUMENT_SCHEMAS) as DocumentKind[];

describe('published schemas', () => {
  // UPDATE_EXPECT=1 writes them.
  it.each(kinds)('schemas/%s.schema.json is current', (kind) => {
    const url = new URL(`../../schemas/${kind}.schema.json`, import.meta.url);
    if (process.env.UPDATE_EXPECT === '1') writeFileSync(url, documentSchemaText(kind));
    expect(readFileSync(url, 'utf8')).toBe(documentSchemaText(kind));
  });

  it.each(kinds)('%s is a JSON Schema', (kind) => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false });
    expect(ajv.validateSchema(DOCUMENT_SCHEMAS[kind])).toBe(true);
  });
});
