// Where option values come from: flags over VERDICT_* variables over verdict.config.json over defaults.
//
// verdict.config.json is an object of option names in camelCase. Keys at the top hold for every command that has the option; an
// object under a command's name holds for that command and goes first:
//
//   { "dataDir": "/var/lib/verdict", "serve": { "port": 8080 } }

import { readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { jsonValue } from '../schema/json-text.js';
import { UsageError } from './errors.js';

export const CONFIG_FILE = 'verdict.config.json';

/** Options that say how to print or where the file is; they do not belong into it. */
const NOT_CONFIGURABLE = new Set(['config', 'printConfig', 'help', 'version']);

/** Name of the environment variable of an option: `--data-dir` -> VERDICT_DATA_DIR. */
export function envName(flag: string): string {
  return `VERDICT_${flag
    .replace(/^--(no-)?/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;
}

/**
 * Gives an option its variable. Commander takes any value of a yes-or-no option's variable for yes, `false` too: those are left to
 * `applyEnvironment`.
 */
export function withEnvironment(option: Option): Option {
  const name = envName(option.long ?? option.flags);
  if (!option.isBoolean()) return option.env(name);
  option.description += ` (env: ${name})`;
  return option;
}

const YES = /^(1|true|yes|on)$/i;
const NO = /^(0|false|no|off|)$/i;

/** Gives the yes-or-no options that no flag has set the values of their variables. */
export function applyEnvironment(command: Command, env: NodeJS.ProcessEnv): void {
  for (const option of command.options) {
    const name = envName(option.long ?? option.flags);
    const text = option.isBoolean() ? env[name] : undefined;
    if (text === undefined || command.getOptionValueSource(option.attributeName()) === 'cli') continue;
    if (!YES.test(text) && !NO.test(text)) throw new UsageError(`${name} is ${text}; give true or false`);
    command.setOptionValueWithSource(option.attributeName(), YES.test(text), 'env');
  }
}

/** Reads a configuration file. @param required false: a missing file is an empty configuration */
export function readConfigFile(path: string, required: boolean): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!required && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(`cannot read ${path}: ${(error as Error).message}`, 'name an existing file with --config');
  }
  let value: unknown;
  try {
    value = jsonValue(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${path} must hold one JSON object`);
  return value as Record<string, unknown>;
}

/**
 * Gives the options of a command the values of a configuration file, below flags and environment.
 * @param siblings all commands, whose names and options the file may also hold
 */
export function applyConfig(command: Command, config: Record<string, unknown>, path: string, siblings: readonly Command[]): void {
  const known = new Set(siblings.flatMap((sibling) => configurable(sibling).map((option) => option.attributeName())));
  const names = new Set(siblings.map((sibling) => sibling.name()));
  for (const key of Object.keys(config)) {
    if (known.has(key) || names.has(key)) continue;
    throw new UsageError(
      `${path}: \`${key}\` is neither an option nor a command`,
      'option names are written in camelCase, e.g. dataDir',
    );
  }
  const own = config[command.name()];
  if (own !== undefined && (typeof own !== 'object' || own === null || Array.isArray(own))) {
    throw new UsageError(`${path}: \`${command.name()}\` must be an object of options`);
  }
  const options = new Map(configurable(command).map((option) => [option.attributeName(), option]));
  for (const key of Object.keys(own ?? {})) {
    if (!options.has(key)) throw new UsageError(`${path}: \`verdict ${command.name()}\` has no option \`${key}\``);
  }
  const values: Record<string, unknown> = { ...config, ...own };
  for (const [key, option] of options) {
    const value = values[key];
    if (value === undefined || names.has(key)) continue;
    const source = command.getOptionValueSource(key);
    if (source !== undefined && source !== 'default') continue;
    command.setOptionValueWithSource(key, parseConfigValue(option, value, path), 'config');
  }
}

function configurable(command: Command): Option[] {
  return command.options.filter((option) => !NOT_CONFIGURABLE.has(option.attributeName()));
}

function parseConfigValue(option: Option, value: unknown, path: string): unknown {
  if (option.isBoolean()) {
    if (typeof value !== 'boolean') throw new UsageError(`${path}: \`${option.attributeName()}\` must be true or false`);
    return value;
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new UsageError(`${path}: \`${option.attributeName()}\` must be text or a number`);
  }
  try {
    return option.parseArg ? option.parseArg(String(value), undefined) : String(value);
  } catch (error) {
    throw new UsageError(`${path}: \`${option.attributeName()}\`: ${(error as Error).message}`);
  }
}

/** A value as it may be shown: nothing of passwords, tokens and keys. */
export function hideSecret(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (/secret|token|password|credential/i.test(name) || /^key$|[a-z]Key$/.test(name)) return '(hidden)';
  return typeof value === 'string' ? value.replace(/\/\/[^/@\s]*@/, '//(hidden)@') : value;
}

/** What a command would run with: each option's value and where it comes from (flag, file, default, or the variable's name). */
export function describeConfig(command: Command): Record<string, { value: unknown; from: string }> {
  const sources: Record<string, string> = { cli: 'flag', config: 'file', default: 'default' };
  const described: Record<string, { value: unknown; from: string }> = {};
  for (const option of configurable(command)) {
    const key = option.attributeName();
    const source = command.getOptionValueSource(key);
    const from = source === 'env' ? envName(option.long ?? option.flags) : (sources[source ?? 'default'] ?? 'default');
    described[key] = { value: hideSecret(key, command.getOptionValue(key)), from };
  }
  return described;
}
