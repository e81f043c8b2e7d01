import { expect, it } from 'vitest';
import { benchLists } from '#bench/lists.js';
import { formatTable } from '#bench/report.js';

it('every row of the bench of lists answers alike', async () => {
  const lines: string[] = [];
  const { rows, bytes } = await benchLists({
    entries: 5000,
    payloadCount: 2048,
    runs: 1,
    timing: { msMin: 1, warmupMsMin: 1 },
    format: formatTable,
    log: (line) => lines.push(line),
  });
  expect(rows.map(({ name, wrong }) => [name, wrong])).toEqual(rows.map(({ name }) => [name, null]));
  expect(rows).toHaveLength(5);
  expect(rows.every(({ checked }) => checked >= 2048)).toBe(true);
  expect(bytes / 5000).toBeLessThan(64);
  expect(lines.join('\n')).not.toContain('WRONG');
});
