import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '#src/compiler/compile.js';
import { compileExpressions } from '#src/compiler/expressions.js';
import { bundleFiles } from '../bundle/files.js';
import { testSeed } from '../lib/model.js';
import { check, model } from './check.js';
import { scope, model as standardModel } from './check-standard.js';

const tokens = (
  'n m i maybe amount fee open s t maybeText flag other country brand at birthday card .limit .holder .age now null true false ' +
  'undefined 1 0.5 1e400 "US" "x" \' " ` ( ) [ ] { } , ; => ... ? : ?. ?? ! - + ~ ++ -- ** % * / // === !== == < <= > >= && || & = += ' +
  'typeof new function class if return await import export let in of for yield async this super #x \\u0041 \\ \u2028 /* */ <!--'
).split(' ');

/** What the profile `standard` has beside; names are those of check-standard.ts. */
const standardTokens = (
  'n m maybe amount fee big maybeAmount s t note flag maybeFlag country maybeCountry at maybeAt day card items tags rates maybeTags ' +
  'total trust limits.rate credit.score fees.rate lists.blocked .limit .issuer .tags .price .discount .sku .card x i a null true 1 0.5 ' +
  '"US" "x" "2026-01-01" "UTC" "half-even" `a` `${s}` ( ) ( ) [ ] , , => => ? : ?. ?? ! - + % * === !== < > && || . ' +
  '.length .includes( .some(x=> .every(i=> .filter(x=> .map(i=> .reduce((a,i)=> .split( .slice( .trim() .startsWith( .indexOf( ' +
  '.toUpperCase() .hour("UTC") .year() .daysSince( Math.max( Math.abs( Math.floor( divide( round( toNumber( toDecimal( matches( now'
).split(' ');

describe('token soup', () => {
  it('never throws: it compiles, or says why not', () => {
    const soup = fc.array(
      fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...tokens) }, fc.string({ unit: 'binary', maxLength: 4 })),
      { maxLength: 24 },
    );
    const run = fc.check(
      fc.property(soup, fc.constantFrom(' ', ''), (parts, gap) => {
        const text = parts.join(gap);
        const { ir, failed } = check(text);
        expect(ir === undefined).toBe(failed);
        if (ir !== undefined && ir.type.kind !== 'object') expect(compileExpressions(model, [text]).image).toBeDefined();
      }),
      { numRuns: 8000, seed: testSeed('token soup') },
    );
    expect(run.failed, fc.defaultReportMessage(run) ?? '').toBe(false);
  });

  it('of the profile standard never throws, and what is accepted compiles', () => {
    const soup = fc.array(fc.constantFrom(...standardTokens), { maxLength: 20 });
    let accepted = 0;
    const run = fc.check(
      fc.property(soup, fc.constantFrom(' ', ''), (parts, gap) => compilesOrSaysWhy(parts.join(gap))),
      { numRuns: 12_000, seed: testSeed('token soup') },
    );
    expect(run.failed, fc.defaultReportMessage(run) ?? '').toBe(false);
    expect(accepted).toBeGreaterThan(100);

    function compilesOrSaysWhy(text: string): void {
      const { image, diagnostics, types } = compileExpressions(standardModel, [text], { profile: 'standard', scope });
      const failed = diagnostics.some(({ severity }) => severity === 'error');
      expect(image === undefined).toBe(failed);
      if (!failed) accepted++;
      if (!failed) expect(types).not.toContain('error');
      for (const { span } of diagnostics) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeGreaterThanOrEqual(span.start);
        expect(span.end).toBeLessThanOrEqual(Math.max(text.length, span.start + 1));
      }
    }
  });

  it('spans lie inside the text', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 12 }), (parts) => {
        const text = parts.join(' ');
        for (const { span } of compileExpressions(model, [text]).diagnostics) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.start).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000, seed: testSeed('token soup') },
    );
  });
});

describe('document soup', () => {
  it('never throws', () => {
    const good = [...bundleFiles()].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)] as const);
    fc.assert(
      fc.property(
        fc.nat({ max: good.length - 1 }),
        fc.nat(),
        fc.nat({ max: 20 }),
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 8 }),
          fc.constantFrom('{', ']', ': ', '- ', '\n', '\t', '&a ', '*a', '|', '>', '"', '? ', '!!x '),
        ),
        (file, position, removed, inserted) => {
          const [path, text] = good[file]!;
          const at = position % (text.length + 1);
          const changed = text.slice(0, at) + inserted + text.slice(at + removed);
          const { image, diagnostics } = compile(bundleFiles({ [path]: changed }));
          expect(image === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
        },
      ),
      { numRuns: 600, seed: testSeed('token soup') },
    );
  });
});
