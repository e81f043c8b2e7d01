// verdict import: the bundle that it writes, what it says, its exit code, and --verify with the engines that rules come from.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportJson } from '#src/cli/commands/import.js';
import { expressionsOf } from '../lib/zen.js';
import { makeTempDir, runCli, runJson } from './run-cli.js';

let folder: { dir: string; remove(): void };
beforeAll(() => {
  folder = makeTempDir();
});
afterAll(() => folder.remove());

const at = (name: string): string => join(folder.dir, name);
function write(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

const CEL = '// @var amount: double\n// @var country: enum("DE", "FR")\n// @output risky\namount > 500.0 && country == "DE"\n';
const DMN = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="Loan" namespace="n">
  <itemDefinition name="tPerson"><itemComponent name="monthly income"><typeRef>number</typeRef></itemComponent></itemDefinition>
  <inputData name="Loan amount"><variable name="Loan amount" typeRef="number"/></inputData>
  <inputData name="person"><variable name="person" typeRef="tPerson"/></inputData>
  <decision name="affordable"><variable name="affordable" typeRef="boolean"/>
    <informationRequirement><requiredInput href="#a"/></informationRequirement>
    <literalExpression><text>Loan amount &lt; person.monthly income * 40</text></literalExpression></decision>
</definitions>
`;
const RULE = {
  name: 'adult',
  conditions: { all: [{ fact: 'age', operator: 'greaterThanInclusive', value: 18 }] },
  event: { type: 'welcome', params: { text: 'hello' } },
};

describe('verdict import', () => {
  it('writes a bundle that can be checked and decides', async () => {
    const file = write('risky.cel', CEL);
    const { code, stdout, stderr } = await runCli(['import', file, '-o', at('risky'), '--verify', '--count', '200']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`risky: wrote 3 files from CEL in ${at('risky')}`);
    expect(stdout).toContain('verified: 200 of 200 payloads with the same answer, 0 differences');
    expect(readdirSync(at('risky')).sort()).toEqual(['bundle.yaml', 'model.lock.json', 'model.yaml', 'outputs.yaml']);
    expect((await runCli(['check', at('risky')])).code).toBe(0);
  });

  it('writes over nothing without --force', async () => {
    const file = write('twice.cel', CEL);
    const dir = at('twice');
    expect((await runCli(['import', file, '-o', dir])).code).toBe(0);
    writeFileSync(join(dir, 'outputs.yaml'), '# mine\n');
    const refused = await runCli(['import', file, '-o', dir]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('already; nothing was written')]);
    expect(readFileSync(join(dir, 'outputs.yaml'), 'utf8')).toBe('# mine\n');
    expect((await runCli(['import', file, '-o', dir, '--force'])).code).toBe(0);
    expect(readFileSync(join(dir, 'outputs.yaml'), 'utf8')).toContain('name: risky');
  });

  it('names what does not come over, with its place', async () => {
    const file = write('half.cel.yaml', 'variables:\n  n: int(0, 9)\nexpressions:\n  good: n > 1\n  bad: string(n)\n');
    const { code, json } = await runJson<ImportJson>(['import', file, '-o', at('half')]);
    expect([code, json.ok, json.format, json.dir, json.passesThrough]).toEqual([1, false, 'cel', at('half'), false]);
    expect(json.files).toEqual(['bundle.yaml', 'model.yaml', 'outputs.yaml']);
    expect(json.diagnostics).toMatchObject([{ code: 'V7002', severity: 'error', file: 'half.cel.yaml' }]);
    expect(json).not.toHaveProperty('verification');
    const { code: again, stdout, stderr } = await runCli(['import', file, '-o', at('half'), '--force']);
    expect(again).toBe(1);
    expect(stdout + stderr).toContain('half.cel.yaml:5:');
    expect(stdout).toContain('1 part could not come over; they are named above');
  });

  it('says which fields have other names in payloads', async () => {
    const file = write('loan.dmn', DMN);
    const { code, stdout } = await runCli(['import', file, '-o', at('loan')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('  the field `Loan amount` is `loanAmount` in payloads\n')]);
    const { json } = await runJson<ImportJson>(['import', file, '-o', at('loan'), '--force']);
    expect(json.renamed).toEqual({ 'Loan amount': 'loanAmount', 'person.monthly income': 'person.monthlyIncome' });
  });

  it.each([
    ['loan.dmn', DMN],
    ['risky.cel', `${CEL} && ${'amount < 900.0 && '.repeat(10)} country == "FR"`],
    ['adult.json', JSON.stringify(RULE)],
    ['sum.json', expressionsOf({ total: 'a + 1', big: 'a > 10 && a < 20 ? "large" : "small"' })],
  ])('writes %s as verdict fmt does', async (name, text) => {
    const dir = at(`form-${name}`);
    await runCli(['import', write(name, text), '-o', dir]);
    expect(await runCli(['fmt', dir, '--check'])).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to change') });
  });

  it('asks for samples where parts did not come over without them', async () => {
    const file = write('total.json', expressionsOf({ total: 'sum(map(items, #.price))' }));
    const { stdout } = await runCli(['import', file, '-o', at('total')]);
    expect(stdout).toContain('--payloads samples.jsonl');
    const samples = write('samples.jsonl', '{"items":[{"price":1.5},{"price":2}]}\n');
    const sampled = await runCli(['import', file, '-o', at('total'), '--payloads', samples]);
    expect([sampled.code, sampled.stdout]).toEqual([0, expect.not.stringContaining('--payloads')]);
  });

  it('writes nothing where nothing came over', async () => {
    const file = write('none.cel', 'a +');
    const { code, json } = await runJson<ImportJson>(['import', file, '-o', at('none'), '--verify']);
    expect([code, json.ok, json.files]).toEqual([1, false, []]);
    expect(existsSync(at('none'))).toBe(false);
  });

  it.each<[string, string, string[], number, string]>([
    ['no format', 'notes.txt', [], 1, 'is of no format that can be imported'],
    ['a name that is none', 'risky.cel', ['--name', 'A B'], 2, 'is not a name'],
    ['payloads that are none', 'risky.cel', ['--payloads', 'notes.txt'], 2, 'notes.txt'],
    ['another format', 'risky.cel', ['--from', 'excel'], 2, 'jdm'],
    ['JSON that is cut off', 'cut.json', [], 1, 'cut.json:2:'],
    ['JSON of no format', 'other.json', [], 1, 'is of no format that can be imported'],
    ['--verify of a format that no engine is known for', 'loan.dmn', ['--verify'], 2, 'leave it out, and write what the model'],
  ])('refuses %s', async (_, file, options, exit, message) => {
    write('notes.txt', 'some notes\n');
    write('risky.cel', CEL);
    write('cut.json', '{\n "nodes": [');
    write('other.json', '{ "a": 1 }');
    write('loan.dmn', DMN);
    const { code, stderr } = await runCli(['import', file, '-o', 'refused', ...options], { cwd: folder.dir });
    expect([code, stderr]).toEqual([exit, expect.stringContaining(message)]);
    expect(existsSync(at('refused'))).toBe(false);
  });
});

describe('verdict import --verify', () => {
  it('compares with json-rules-engine, by payloads of a file', async () => {
    const file = write('adult.json', JSON.stringify(RULE));
    const payloads = write('people.jsonl', '{"age":17}\n{"age":18}\n{"age":"old"}\n{}\n');
    const { code, json } = await runJson<ImportJson>(['import', file, '-o', at('adult'), '--verify', payloads]);
    expect(code).toBe(0);
    expect(json.verification).toEqual({
      payloads: 4,
      same: 2,
      failing: 1,
      refused: 1,
      differences: [],
      differenceCount: 0,
      notCompared: [],
    });
  });

  it('compares with ZEN', async () => {
    const file = write('sum.json', expressionsOf({ total: 'a + 1', big: 'a > 10' }));
    const { code, json } = await runJson<ImportJson>(['import', file, '-o', at('sum'), '--verify', '--count', '50']);
    const { same, failing, refused } = json.verification!;
    // Of nothing ZEN computes nothing.
    expect([code, json.format, same + failing, refused]).toEqual([0, 'jdm', 50, 0]);
    expect(same).toBeGreaterThan(30);
  });

  it('names outputs that the other engine cannot compute', async () => {
    const file = write('greatest.cel', '// @var n: int(0, 9)\n// @output most\nmath.greatest(n, 5)\n');
    const { code, stdout } = await runCli(['import', file, '-o', at('greatest'), '--verify', '--count', '10']);
    expect(code).toBe(0);
    expect(stdout).toContain('most is not compared: the original cannot compute it: ');
  });

  it('says where the engine refuses the source', async () => {
    const file = write('odd.json', JSON.stringify({ ...RULE, event: {} }));
    const { code, stderr } = await runCli(['import', file, '-o', at('odd'), '--verify']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('json-rules-engine refuses odd.json: ')]);
  });

  it('prints what is different, and ends with 1', async () => {
    // That engine has times of milliseconds.
    const file = write('bonus.cel', '// @var t: timestamp\n// @output when\nt\n');
    const payloads = write('fine.json', '[{"t":"2026-01-01T00:00:00.123456Z"},{"t":"2026-01-01T00:00:00Z"}]');
    const args = ['import', file, '-o', at('bonus'), '--force', '--verify', payloads];
    const { code, stdout } = await runCli(args);
    expect(code).toBe(1);
    expect(stdout).toContain(
      'payload 1, /when: the original "2026-01-01T00:00:00.123000Z", the bundle "2026-01-01T00:00:00.123456Z"',
    );
    expect(stdout).toContain('verified: 1 of 2 payloads with the same answer, 1 difference');
    const { json } = await runJson<ImportJson>(args);
    expect(json.verification?.differences).toMatchObject([{ payload: 1, path: '/when' }]);
  });
});
