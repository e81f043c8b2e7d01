#!/usr/bin/env node
// The command table of `verdict`.

import { Command, CommanderError } from 'commander';
import { reportError } from './command.js';
import { benchCommand } from './commands/bench.js';
import { checkCommand } from './commands/check.js';
import { compileCommand } from './commands/compile.js';
import { evalCommand } from './commands/eval.js';
import { explainCommand } from './commands/explain.js';
import { initCommand } from './commands/init.js';
import { listCommand } from './commands/list.js';
import { publishCommand } from './commands/publish.js';
import { serveCommand } from './commands/serve.js';
import { testCommand } from './commands/test.js';
import { EXIT_OK, EXIT_USAGE } from './errors.js';
import { Output } from './output.js';
import { packageVersion } from './version.js';

/** The program with all commands. */
function program(): Command {
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
  const commands = [
    initCommand(),
    checkCommand(),
    compileCommand(),
    testCommand(),
    evalCommand(),
    explainCommand(),
    benchCommand(),
    serveCommand(),
    publishCommand(),
    listCommand(),
  ];
  for (const command of commands) verdict.addCommand(command.exitOverride());
  return verdict.exitOverride();
}

async function main(argv: readonly string[]): Promise<void> {
  // a reader that goes away (`| head`) is no error
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT_OK);
    throw error;
  });
  try {
    await program().parseAsync(argv);
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

await main(process.argv);
