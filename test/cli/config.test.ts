import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hideSecret } from '#src/cli/config.js';
import { makeTempDir, runCli, runJson } from './run-cli.js';

type Described = { config: Record<string, { value: unknown; from: string }> };

describe('hideSecret', () => {
  for (const [name, value, shown] of [
    ['token', 'abc', '(hidden)'],
    ['adminPassword', 'abc', '(hidden)'],
    ['signingKey', 'abc', '(hidden)'],
    ['port', 80, 80],
    ['keyboard', 'qwertz', 'qwertz'],
    ['server', 'https://me:secret@host/x', 'https://(hidden)@host/x'],
    ['server', 'https://host/x@y', 'https://host/x@y'],
    ['port', undefined, null],
  ] as const) {
    it(`${name} = ${String(value)} is shown as ${String(shown)}`, () => {
      expect(hideSecret(name, value)).toBe(shown);
    });
  }
});

describe('option values', () => {
  let dir: string;
  let remove: () => void;
  beforeAll(() => {
    ({ dir, remove } = makeTempDir());
    writeFileSync(
      join(dir, 'verdict.config.json'),
      JSON.stringify({ port: 1001, dataDir: 'from-file', serve: { port: 1002, log: 'off' } }),
    );
    writeFileSync(join(dir, 'json.json'), JSON.stringify({ json: true, tenant: 'filed', locked: true }));
    writeFileSync(join(dir, 'other.json'), JSON.stringify({ port: 1003 }));
    writeFileSync(join(dir, 'broken.json'), '{');
    writeFileSync(join(dir, 'list.json'), '[]');
    writeFileSync(join(dir, 'unknown.json'), JSON.stringify({ prot: 1 }));
    writeFileSync(join(dir, 'misplaced.json'), JSON.stringify({ check: { port: 1 } }));
    writeFileSync(join(dir, 'range.json'), JSON.stringify({ port: 70000 }));
    writeFileSync(join(dir, 'kind.json'), JSON.stringify({ memory: 'yes' }));
  });
  afterAll(() => remove());

  const cases: [string, string[], Record<string, string>, string, unknown, string][] = [
    ['default', ['--config', 'other.json'], {}, 'dataDir', './verdict-data', 'default'],
    ['file', [], {}, 'dataDir', 'from-file', 'file'],
    ['file, under the command', [], {}, 'port', 1002, 'file'],
    ['file named by a flag', ['--config', 'other.json'], {}, 'port', 1003, 'file'],
    ['file named by the environment', [], { VERDICT_CONFIG: 'other.json' }, 'port', 1003, 'file'],
    ['environment over file', [], { VERDICT_PORT: '1004' }, 'port', 1004, 'VERDICT_PORT'],
    ['flag over environment', ['--port', '1005'], { VERDICT_PORT: '1004' }, 'port', 1005, 'flag'],
  ];
  for (const [name, args, env, key, value, from] of cases) {
    it(`come from: ${name}`, async () => {
      const { code, json } = await runJson<Described>(['serve', '--print-config', ...args], { cwd: dir, env });
      expect(code).toBe(0);
      expect(json.config[key]).toEqual({ value, from });
    });
  }

  for (const [value, args, expected] of [
    ['1', [], { value: true, from: 'VERDICT_LOCKED' }],
    ['false', [], { value: false, from: 'VERDICT_LOCKED' }],
    ['no', ['--locked'], { value: true, from: 'flag' }],
    ['', [], { value: false, from: 'VERDICT_LOCKED' }],
  ] as const) {
    it(`take ${JSON.stringify(value)} for what it says, ${args.length === 0 ? 'without' : 'with'} a flag`, async () => {
      const argv = ['check', 'x', '--print-config', '--config', 'json.json', ...args];
      const { code, json } = await runJson<Described>(argv, { cwd: dir, env: { VERDICT_LOCKED: value, VERDICT_RULES: 'off' } });
      expect(code).toBe(0);
      expect(json.config).toMatchObject({ locked: expected, rules: { value: false, from: 'VERDICT_RULES' } });
    });
  }

  it('of yes-or-no options are yes or no', async () => {
    const { code, stderr } = await runCli(['check', 'x'], { cwd: dir, env: { VERDICT_LOCKED: 'maybe' } });
    expect(code).toBe(2);
    expect(stderr).toContain('VERDICT_LOCKED is maybe; give true or false');
  });

  it('that are required may stand in the file', async () => {
    const { code, stdout } = await runCli(['publish', 'no-such-dir', '--config', 'json.json'], { cwd: dir });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { message: expect.stringContaining('cannot read no-such-dir') } });
  });

  it('are printed with secrets hidden', async () => {
    const args = [
      'publish',
      'x',
      '--tenant',
      't',
      '--server',
      'http://me:hunter2@host',
      '--print-config',
      '--config',
      'other.json',
    ];
    const { code, stdout } = await runCli(args, { cwd: dir });
    expect(code).toBe(0);
    expect(stdout).toContain('http://(hidden)@host');
    expect(stdout).not.toContain('hunter2');
  });

  for (const [file, message] of [
    ['missing.json', /cannot read missing\.json/],
    ['broken.json', /broken\.json is not JSON/],
    ['list.json', /must hold one JSON object/],
    ['unknown.json', /`prot` is neither an option nor a command/],
    ['misplaced.json', /`verdict check` has no option `port`/],
    ['range.json', /`port`: Give an integer from 0 to 65535/],
    ['kind.json', /`memory` must be true or false/],
  ] as const) {
    const command = file === 'misplaced.json' ? ['check', 'x'] : ['serve'];
    it(`refuses ${file}`, async () => {
      const { code, stderr } = await runCli([...command, '--print-config', '--config', file], { cwd: dir });
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    });
  }
});
