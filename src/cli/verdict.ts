// The command table of `verdict`.

import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { reportError } from './command.js';
import { CONFIG_FILE } from './config.js';
import { EXIT_OK, EXIT_USAGE } from './errors.js';
import { Output } from './output.js';
import { packageVersion } from './version.js';

/** By name, in the order of the help. What a command needs is loaded with it: most of the time that a short command takes. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.js')).initCommand(),
  import: async () => (await import('./commands/import.js')).importCommand(),
  check: async () => (await import('./commands/check.js')).checkCommand(),
  fmt: async () => (await import('./commands/fmt.js')).fmtCommand(),
  lsp: async () => (await import('./commands/lsp.js')).lspCommand(),
  compile: async () => (await import('./commands/compile.js')).compileCommand(),
  test: async () => (await import('./commands/test.js')).testCommand(),
  page: async () => (await import('./commands/page.js')).pageCommand(),
  eval: async () => (await import('./commands/eval.js')).evalCommand(),
  explain: async () => (await import('./commands/explain.js')).explainCommand(),
  export: async () => (await import('./commands/export.js')).exportCommand(),
  bench: async () => (await import('./commands/bench.js')).benchCommand(),
  serve: async () => (await import('./commands/serve.js')).serveCommand(),
  loadtest: async () => (await import('./commands/loadtest.js')).loadtestCommand(),
  publish: async () => (await import('./commands/publish.js')).publishCommand(),
  list: async () => (await import('./commands/list.js')).listCommand(),
  parameter: async () => (await import('./commands/parameter.js')).parameterCommand(),
};

/** The names of the commands that are needed: all where help lists them, and where a file of option values names theirs. */
function neededCommands(argv: readonly string[]): string[] {
  const name = argv[2] ?? '';
  if (name === '--version' || name === '-V') return [];
  const hasConfig =
    existsSync(CONFIG_FILE) || process.env.VERDICT_CONFIG !== undefined || argv.some((arg) => arg.startsWith('--config'));
  return Object.hasOwn(COMMANDS, name) && !hasConfig ? [name] : Object.keys(COMMANDS);
}

/** The program with the commands of these names. */
async function program(names: readonly string[]): Promise<Command> {
  const verdict = new Command('verdict')
    .description('Decides approve, review or decline by compiled rules.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .showHelpAfterError('(verdict --help lists the commands)')
    .addHelpText(
      'after',
      `
Exit codes: 0 done; 1 the answer is no; 2 bad usage.
Every option can be given as VERDICT_<OPTION> in the environment, or in verdict.config.json.`,
    );
  for (const command of await Promise.all(names.map((name) => COMMANDS[name]!()))) verdict.addCommand(command.exitOverride());
  return verdict.exitOverride();
}

/**
 * Does what a command line says, with this process's streams, variables and working directory; `process.exitCode` says how it ended.
 * Throws a bug.
 * @param argv as `process.argv`: what was started comes third
 */
export async function runVerdict(argv: readonly string[]): Promise<void> {
  // a reader that goes away (`| head`) is no error
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT_OK);
    throw error;
  });
  try {
    await (await program(neededCommands(argv))).parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
      // commander has told people already; programs are told here
      const message = error.message.replace(/^error: /, '');
      const output = new Output({ json: error.exitCode !== 0 && argv.includes('--json') });
      output.result({ ok: false, error: { code: 'USAGE', message } });
    } else process.exitCode = reportError(error, new Output({ json: false }));
  }
}
