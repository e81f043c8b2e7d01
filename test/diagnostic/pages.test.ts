// The pages of the codes: complete, true (every example is compiled) and equal to docs/diagnostics.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { DIAGNOSTIC_CODES, type DiagnosticCode } from '#src/diagnostic/codes.js';
import type { Diagnostic } from '#src/diagnostic/diagnostic.js';
import { indexMarkdown, pageMarkdown } from '#src/diagnostic/page-text.js';
import { exampleFiles } from '#src/diagnostic/pages/base.js';
import type { Example } from '#src/diagnostic/pages/page.js';
import { DIAGNOSTIC_PAGES } from '#src/diagnostic/pages.js';

const FOLDER = path.resolve(import.meta.dirname, '../../docs/diagnostics');
const codes = (Object.keys(DIAGNOSTIC_CODES) as DiagnosticCode[]).sort();

/** Codes that no example gives: each page says why. What an importer finds is found in a source, not in a bundle. */
const NO_EXAMPLE = new Set(['V3199', 'V5007', 'V5010', ...codes.filter((code) => code.startsWith('V7'))]);

function bundleOf(example: Example): Map<string, Uint8Array> {
  const texts = [...exampleFiles(example)].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(texts.map(([file, text]) => [file, Buffer.from(text, example.latin1 === true ? 'latin1' : 'utf8')]));
}

function run(example: Example): Diagnostic[] {
  return compile(bundleOf(example), { profileMax: 'standard', ...example.options }).diagnostics;
}

describe('pages', () => {
  it('has every code, and no other', () => expect(Object.keys(DIAGNOSTIC_PAGES).sort()).toEqual(codes));

  it('says why of every code', () => {
    for (const code of codes) expect(DIAGNOSTIC_PAGES[code]?.why, code).toMatch(/^.{30,}\.$/);
  });

  it('has an example of every code that a small bundle can give', () => {
    const without = codes.filter((code) => DIAGNOSTIC_PAGES[code]?.wrong === undefined);
    expect(without).toEqual(codes.filter((code) => NO_EXAMPLE.has(code)));
  });
});

describe.each(codes.filter((code) => DIAGNOSTIC_PAGES[code]?.wrong !== undefined))('%s', (code) => {
  const { wrong, right, fix } = DIAGNOSTIC_PAGES[code]!;

  it('the wrong example gives it', () => {
    const found = run(wrong!);
    expect([...new Set(found.map((item) => item.code))].sort()).toEqual([...new Set([code, ...(wrong!.also ?? [])])].sort());
    expect(found.some((item) => item.code === code && item.fix !== undefined)).toBe(fix === true);
  });

  it('the right example has no error', () => {
    const found = run(right!);
    expect(found.filter((item) => item.severity === 'error' || item.code === code)).toEqual([]);
  });
});

describe('docs/diagnostics', () => {
  const written = new Map([['README.md', indexMarkdown()], ...codes.map((code) => [`${code}.md`, pageMarkdown(code)] as const)]);

  // UPDATE_EXPECT=1 writes the pages.
  it('is made from the pages', () => {
    if (process.env.UPDATE_EXPECT === '1') {
      rmSync(FOLDER, { recursive: true, force: true });
      mkdirSync(FOLDER, { recursive: true });
      for (const [name, text] of written) writeFileSync(path.join(FOLDER, name), text);
    }
    expect(readdirSync(FOLDER).sort()).toEqual([...written.keys()].sort());
    for (const [name, text] of written) expect(readFileSync(path.join(FOLDER, name), 'utf8'), name).toBe(text);
  });

  it('has each code once in its index', () => {
    const listed = [...indexMarkdown().matchAll(/^\| \[(V\d{4})\]/gm)].map((match) => match[1]);
    expect(listed).toEqual(codes);
  });
});
