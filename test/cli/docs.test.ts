import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, runCli } from './run-cli.js';

const page = readFileSync(join(ROOT, 'docs/CLI.md'), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split(/\s/)[0]!, section]),
);
const general = sections.get('For')!;

/** Options of a command, as its help has them: long names. */
async function optionsOf(command: string): Promise<string[]> {
  const { stdout } = await runCli([command, '--help']);
  return [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-zA-Z-]+)/gm)].map((match) => match[1]!);
}

describe('docs/CLI.md', () => {
  it('has a section for every command, and for nothing else', async () => {
    const { stdout } = await runCli(['--help']);
    const commands = [...stdout.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1]!);
    expect([...sections.keys()].filter((name) => name !== 'For').sort()).toEqual(commands.filter((name) => name !== 'help').sort());
  });

  for (const command of [...sections.keys()].filter((name) => name !== 'For')) {
    it(`names every option of ${command}, and no other`, async () => {
      const options = await optionsOf(command);
      const common = ['--json', '--config', '--print-config', '--color', '--help'];
      const section = sections.get(command)!;
      const named = new Set([...section.matchAll(/`(--[a-zA-Z-]+)`/g)].map((match) => match[1]!));
      expect(options.filter((option) => !common.includes(option) && !named.has(option))).toEqual([]);
      expect([...named].filter((option) => !options.includes(option))).toEqual([]);
      for (const option of common.slice(0, 4)) expect(general).toContain(option);
    });
  }
});
