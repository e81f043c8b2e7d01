import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ZONE_DATA_VERSION, zoneBlob, zoneNames } from '#src/compiler/zones/zone-blob.js';

const versionOf = (blob: Uint8Array): string => new TextDecoder().decode(blob.subarray(16, 24)).replace(/\0+$/, '');

test('the data has a version, and every blob carries it', () => {
  expect(ZONE_DATA_VERSION).toMatch(/^20\d\d[a-z]$/);
  for (const name of zoneNames()) expect(versionOf(zoneBlob(name)!), name).toBe(ZONE_DATA_VERSION);
});

test('names are sorted and each has a blob of whole words', () => {
  const names = zoneNames();
  expect(names).toEqual([...new Set(names)].sort());
  expect(names.length).toBeGreaterThan(550);
  for (const name of names) expect(zoneBlob(name)!.length % 8, name).toBe(0);
});

test('an alias has the blob of its zone', () => {
  const pairs: [string, string][] = [
    ['US/Eastern', 'America/New_York'],
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['Etc/UTC', 'UTC'],
    ['GMT', 'Etc/GMT'],
  ];
  for (const [alias, name] of pairs) expect(zoneBlob(alias), alias).toEqual(zoneBlob(name));
});

test('UTC has no transition', () => {
  const blob = zoneBlob('UTC')!;
  const view = new DataView(blob.buffer);
  expect([blob.length, view.getUint32(4, true), view.getUint32(8, true), view.getInt32(24, true)]).toEqual([32, 0, 0, 0]);
});

describe('unknown names', () => {
  test.each([
    '',
    'Europe/paris',
    'europe/Paris',
    'Europe/Paris ',
    'Mars/Olympus',
    '__proto__',
    'constructor',
    '|',
    'Europe/Paris|2026',
  ])('%j has no blob', (name) => {
    expect(zoneBlob(name)).toBeUndefined();
  });
});

test('a blob is the caller’s own: writing to it changes no other', () => {
  zoneBlob('Europe/Paris')!.fill(0);
  expect(versionOf(zoneBlob('Europe/Paris')!)).toBe(ZONE_DATA_VERSION);
});

test('the committed data is what moment-timezone gives', () => {
  const { status, stderr } = spawnSync(process.execPath, ['src/dev/zone-data.mjs', '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
