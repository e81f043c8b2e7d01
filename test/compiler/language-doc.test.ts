// docs/LANGUAGE.md: its codes and limits are the real ones, and its examples do what it says.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as shared from '#assembly/shared/limits.js';
import type { ProfileName } from '#src/bundle/bundle.js';
import * as bundleLimits from '#src/bundle/limits.js';
import { checkSourceInScope } from '#src/compiler/check-source.js';
import * as limits from '#src/compiler/limits.js';
import { modelScope, type Scope, type ScopeEntry } from '#src/compiler/scope.js';
import { looseSource } from '#src/compiler/source.js';
import { NUMBER, type Type } from '#src/compiler/types.js';
import { DIAGNOSTIC_CODES } from '#src/diagnostic/codes.js';
import { DiagnosticBag } from '#src/diagnostic/diagnostic.js';
import { modelOf } from '../lib/model.js';

const url = new URL('../../docs/LANGUAGE.md', import.meta.url);
const written = readFileSync(url, 'utf8');

/** Lines of all fenced blocks with an info string. */
function blocks(info: string): string[] {
  const fences = [...written.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)];
  return fences.filter((match) => match[1] === info).map((match) => match[2]!);
}

const lines = (info: string): string[] => blocks(info).flatMap((block) => block.trim().split('\n'));
const model = modelOf(parse(blocks('yaml model')[0]!));

const feature = (name: string, type: Type, nullable: boolean): ScopeEntry => ({
  kind: 'feature',
  feature: { name, type, nullable },
});

/** The names of a bundle that the page speaks of. */
const scope: Scope = {
  model,
  names: new Map<string, ScopeEntry>([
    ['total', feature('total', NUMBER, false)],
    ['limits', { kind: 'group', what: 'table', members: new Map([['rate', feature('limits.rate', NUMBER, true)]]) }],
    ['credit', { kind: 'group', what: 'scorecard', members: new Map([['score', feature('credit.score', NUMBER, false)]]) }],
  ]),
  lists: new Map([['blocked', { name: 'blocked', type: { kind: 'text', bytesMax: 0 } }]]),
  parameters: new Map([
    [
      'limits',
      {
        kind: 'group',
        what: 'parameters',
        members: new Map([['reviewAbove', feature('parameters.limits.reviewAbove', NUMBER, false)]]),
      },
    ],
  ]),
};

function codesOf(text: string, profile: ProfileName): string[] {
  const bag = new DiagnosticBag();
  checkSourceInScope(looseSource('example', text), profile === 'strict' ? modelScope(model) : scope, profile, bag);
  return bag.items.map(({ code }) => code);
}

describe('docs/LANGUAGE.md', () => {
  it('names codes that there are, each with its page', () => {
    const named = new Set(written.match(/\bV[1-5]\d{3}\b/g));
    expect([...named].filter((code) => !Object.hasOwn(DIAGNOSTIC_CODES, code))).toEqual([]);
    expect(written).toContain('(diagnostics/README.md)');
  });

  it.each(lines('ts'))('%s compiles', (text) => {
    expect(codesOf(text, 'strict')).toEqual([]);
    expect(codesOf(text, 'standard')).toEqual([]);
  });

  it.each(lines('ts refused'))('%s', (line) => {
    const [text, code] = line.split(' // ') as [string, string];
    expect(codesOf(text, 'strict')).toEqual([code]);
  });

  it.each(lines('ts standard'))('%s compiles in the profile standard', (text) => expect(codesOf(text, 'standard')).toEqual([]));

  it.each(lines('ts standard refused'))('%s in the profile standard', (line) => {
    const [text, code] = line.split(' // ') as [string, string];
    expect(codesOf(text, 'standard')).toEqual([code]);
  });

  it('has the real limits', () => {
    const rows = [...written.matchAll(/^\| .* \| ([\d,]+) \| (V[15]\d{3}) \|$/gm)].map((match) => [
      match[2],
      Number(match[1]!.replaceAll(',', '')),
    ]);
    expect(Object.fromEntries(rows)).toEqual({
      V5001: limits.EXPRESSION_CHARS_MAX,
      V5002: limits.EXPRESSION_DEPTH_MAX,
      V5003: limits.EXPRESSION_NODES_MAX,
      V5004: limits.RULE_COST_MAX,
      V5005: limits.IMAGE_COST_MAX,
      V5006: shared.REGISTERS_MAX,
      V5007: shared.CODE_COUNT_MAX,
      V5008: limits.BRANCH_DISTANCE_MAX,
      V5009: shared.TEXT_SCRATCH_BYTES,
      V5010: shared.RULES_MAX,
      V5011: bundleLimits.FILES_MAX,
      V5016: shared.OUTPUTS_BYTES_MAX,
      V5040: shared.LOOP_DEPTH_MAX,
      V5041: limits.COPIES_MAX,
      V5042: limits.CHECK_STEPS_MAX,
      V1009: bundleLimits.DOCUMENT_BYTES_MAX,
    });
  });
});
