// Parameters that a rule set is opened with.

import { Option } from 'commander';
import { UsageError } from './errors.js';

/** Values of parameters by set and name, as texts: their declarations say what they are. */
export type GivenParameters = Record<string, Record<string, string>>;

/** `--parameter set.name=value`, as often as needed. */
export function parameterOption(): Option {
  return new Option('--parameter <set.name=value>', 'value of a parameter that the bundle declares; may be given again')
    .argParser(parseParameter)
    .default({} as GivenParameters, 'their defaults');
}

/** Adds `set.name=value` to the values before. Throws UsageError. */
export function parseParameter(text: string, before: GivenParameters | undefined): GivenParameters {
  const assignment = parseAssignment(text);
  const [set, name, ...others] = assignment?.[0].split('.') ?? [];
  if (assignment === undefined || !set || !name || others.length > 0)
    throw new UsageError(`--parameter: ${text} is not set.name=value`);
  return { ...before, [set]: { ...before?.[set], [name]: assignment[1] } };
}

/** `NAME=VALUE`; the value may be empty. */
export function parseAssignment(text: string): [name: string, value: string] | undefined {
  const at = text.indexOf('=');
  return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}
