import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../dist/examples/generate.js', import.meta.url));
const generate = (...args: string[]) => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });

describe('generate.js', () => {
  it('writes rows with their label, and prints the seed', () => {
    const { status, stdout, stderr } = generate('credit', '--count', '3', '--seed', '7');
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'credit: 3 rows, seed 7\n' });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/,bad$/);
    const json = generate('credit', '--count', '3', '--seed', '7', '--format', 'ndjson').stdout.trim().split('\n');
    expect(json.map((line) => (JSON.parse(line) as { bad: number }).bad)).toEqual(
      lines.slice(1).map((line) => Number(line.split(',').at(-1))),
    );
  });

  it('writes rows with lists as one object a line', () => {
    const { status, stdout } = generate('lending', '--count', '40', '--seed', '7');
    expect(status).toBe(0);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { bad: number; debts?: unknown[] });
    expect(rows).toHaveLength(40);
    expect(rows.some(({ debts }) => debts !== undefined && debts.length > 0)).toBe(true);
  });

  const wrong = [
    '',
    'nope',
    'toString',
    '--help',
    'credit --rows 5',
    'credit --count',
    'credit --count x',
    'credit 5',
    'lending --format csv',
  ];
  for (const args of wrong) {
    it(`tells how it is used for: ${args}`, () => {
      const { status, stdout, stderr } = generate(...args.split(' ').filter((arg) => arg !== ''));
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^usage: .*card-risk \| credit.*\n$/);
    });
  }
});
