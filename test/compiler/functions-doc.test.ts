// docs/FUNCTIONS.md: made from the library's table, and every example has the value that it says, in the engine.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileExpressions } from '#src/compiler/expressions.js';
import { LIBRARY } from '#src/compiler/library/library.js';
import { functionReference } from '#src/compiler/library/reference.js';
import { PayloadEncoder } from '#src/schema/encode.js';
import { EngineBox } from '../lib/image-engine.js';
import { modelOf } from '../lib/model.js';

const url = new URL('../../docs/FUNCTIONS.md', import.meta.url);
const written = readFileSync(url, 'utf8');

function block(info: string): string {
  const found = [...written.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].find((match) => match[1] === info);
  if (found === undefined) throw new Error(`docs/FUNCTIONS.md has no block \`${info}\``);
  return found[2]!;
}

const model = modelOf(parse(block('yaml model')));
const payload = new PayloadEncoder(model).encode(JSON.parse(block('json payload')));
const examples = LIBRARY.flatMap(({ on, name, examples: own }) =>
  own.map(([text, value]) => [`${on}.${name}`, text, value] as const),
);

describe('docs/FUNCTIONS.md', () => {
  // UPDATE_EXPECT=1 writes the sections.
  it('is made from the table', () => {
    const current = written.replace(
      /<!-- functions -->[\s\S]*<!-- \/functions -->/,
      () => `<!-- functions -->\n${functionReference()}\n\n<!-- /functions -->`,
    );
    if (process.env.UPDATE_EXPECT === '1') writeFileSync(url, current);
    expect(readFileSync(url, 'utf8')).toBe(current);
  });

  it('shows every entry', () => {
    const reference = functionReference();
    for (const { name } of LIBRARY) expect(reference).toContain(name);
    const bare = LIBRARY.filter((entry) => entry.examples.length === 0 && entry.on !== 'lists');
    expect(bare.map(({ on, name }) => `${on}.${name}`)).toEqual([]);
  });

  it.each(examples)('%s: %s is %s', (_, text, value) => {
    const { image, diagnostics } = compileExpressions(model, [text], { profile: 'standard' });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { status, values } = new EngineBox({ imageBytesMax: 1 << 20 }).mustLoad(image!).evaluate(payload);
    expect(status).toBe(0);
    expect(values[0]).toBe(value);
  });
});
