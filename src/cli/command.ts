// What all commands share: --json, --config, --print-config, environment names, exit codes and the rendering of errors.

import { Command, InvalidArgumentError, Option } from 'commander';
import { PROBLEMS, Problem } from '../errors.js';
import { applyConfig, applyEnvironment, CONFIG_FILE, describeConfig, readConfigFile, withEnvironment } from './config.js';
import { EXIT_NO, EXIT_OK, EXIT_USAGE, Refusal, UsageError } from './errors.js';
import { type ColorWhen, Output } from './output.js';

/** Where option values come from, the strongest first: a flag, a variable, the file of option values, or nowhere. */
export const SOURCES = ['cli', 'env', 'config', 'default'];

/** Where the value of an option comes from, by its name in camelCase: one of SOURCES. */
export type OptionSource = (name: string) => string;

/** Does the work; returns the exit code. */
export type Action<Options> = (args: string[], options: Options, output: Output, from: OptionSource) => Promise<number> | number;

interface CommonOptions {
  json: boolean;
  config?: string;
  printConfig: boolean;
  color: ColorWhen;
}

/**
 * Makes a command. Every option gets its VERDICT_* variable.
 * @param usage arguments as commander writes them: `<bundle>`, `[dir]`
 */
export function defineCommand<Options>(
  name: string,
  usage: string,
  description: string,
  options: readonly Option[],
  action: Action<Options>,
): Command {
  const command = new Command(name);
  if (usage !== '') command.arguments(usage);
  command.description(description).allowExcessArguments(false).showHelpAfterError(`(verdict ${name} --help shows how)`);
  const common = [
    new Option('--json', 'print the result as one JSON document').default(false),
    new Option('--color <when>', 'colours in what is printed for people').choices(['always', 'never', 'auto']).default('auto'),
    new Option('--config <file>', `file of option values (default: ${CONFIG_FILE} where there is one)`),
    new Option('--print-config', 'print the option values and where they come from, secrets hidden, and stop').default(false),
  ];
  const required: Option[] = [];
  for (const option of [...options, ...common]) {
    // a value may also stand in the file, which is read later than commander would ask for it
    if (option.mandatory) required.push(option.makeOptionMandatory(false));
    command.addOption(withEnvironment(option));
  }
  command.action(async (...given: unknown[]) => {
    process.exitCode = await run(command, required, given.slice(0, -2), action);
  });
  return command;
}

async function run<Options>(
  command: Command,
  required: readonly Option[],
  args: readonly unknown[],
  action: Action<Options>,
): Promise<number> {
  let output = new Output({ json: command.opts<CommonOptions>().json });
  try {
    applyEnvironment(command, process.env);
    output = new Output({ json: command.opts<CommonOptions>().json });
    const { config } = command.opts<CommonOptions>();
    const path = config ?? CONFIG_FILE;
    applyConfig(command, readConfigFile(path, config !== undefined), path, command.parent?.commands ?? [command]);
    const options = command.opts<CommonOptions & Options>();
    output = new Output({ json: options.json, color: options.color });
    if (options.printConfig) {
      const described = describeConfig(command);
      output.result({ ok: true, config: described });
      const rows = Object.entries(described).map(([key, { value, from }]) => [key, value === null ? '-' : String(value), from]);
      output.table([{ title: 'option' }, { title: 'value' }, { title: 'from' }], rows);
      return EXIT_OK;
    }
    const missing = required.find((option) => command.getOptionValue(option.attributeName()) === undefined);
    if (missing !== undefined) {
      throw new UsageError(`required option '${missing.flags}' not specified`, `verdict ${command.name()} --help shows how`);
    }
    return await action(
      args.flat().filter((arg): arg is string => typeof arg === 'string'),
      options,
      output,
      (name) => command.getOptionValueSource(name) ?? 'default',
    );
  } catch (error) {
    return reportError(error, output);
  }
}

/** Prints an error with what to do next, and gives its exit code. A bug is thrown on. */
export function reportError(error: unknown, output: Output): number {
  const { code, message, advice, exit } = describeError(error);
  output.result({ ok: false, error: { code, message, ...(advice === undefined ? {} : { advice }) } });
  if (!output.json) {
    const problems = new Output({ json: false, stream: process.stderr });
    problems.line(`${problems.paint('error', 'red')}: ${message}`);
    if (advice !== undefined) problems.line(`  ${advice}`);
  }
  return exit;
}

function describeError(error: unknown): { code: string; message: string; advice?: string; exit: number } {
  const advised = (advice: string | undefined): { advice?: string } => (advice === undefined ? {} : { advice });
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message, ...advised(error.advice), exit: EXIT_USAGE };
  if (error instanceof Refusal) return { code: error.code, message: error.message, ...advised(error.advice), exit: EXIT_NO };
  if (error instanceof Problem) {
    const { title, advice } = PROBLEMS[error.code];
    const message = error.message === title ? title : `${title}: ${error.message}`;
    const fields = (error.errors ?? []).map(
      ({ pointer, message: text }) => `\n  ${pointer === '' ? '(payload)' : pointer}: ${text}`,
    );
    return { code: error.code, message: message + fields.join(''), advice, exit: EXIT_NO };
  }
  if (error instanceof RangeError) return { code: 'USAGE', message: error.message, exit: EXIT_USAGE };
  const system = error as NodeJS.ErrnoException;
  if (typeof system.code === 'string' && typeof system.syscall === 'string') {
    return { code: 'IO', message: system.message, exit: EXIT_NO };
  }
  throw error;
}

/** Parser of an option that is an integer within bounds, both included. */
export function integerOption(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`Give an integer ${range}.`);
  };
}

/** Parser of an option that is a number within bounds, both included. */
export function numberOption(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
  };
}

/** Parser of an option that is a comma-separated list of at least one item. */
export function listOption(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.some((item) => item === '')) throw new InvalidArgumentError('Give items separated by commas.');
  return items;
}
