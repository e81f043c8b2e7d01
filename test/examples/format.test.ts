// The bundles of examples/ are in the form that `verdict fmt` writes, and so a pattern for those who write their own.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, runJson } from '../cli/run-cli.js';

const EXAMPLES = join(ROOT, 'examples');
const BUNDLES = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'bundle.yaml')));

it('are the bundles that there are', () => {
  expect(BUNDLES).toEqual(expect.arrayContaining(['boosted', 'card-risk', 'credit', 'lending', 'orders']));
});

it.each(BUNDLES)('%s', async (name) => {
  const { code, json } = await runJson<{ changed: string[]; unreadable: string[] }>(['fmt', '--check', join(EXAMPLES, name)]);
  expect([code, json.changed, json.unreadable]).toEqual([0, [], []]);
});
