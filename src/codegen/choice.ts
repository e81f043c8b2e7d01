// Which images get code: those that it makes faster. The rest is the VM's.
//
// Generating takes some 10 us an instruction and V8 optimises functions as a whole, so both bounds are on the size of the program.
// Measured with the workload of `npm run bench -- decide` (4.1 instructions a rule): at 10 rules code takes 0.24 of the VM's time, at
// 100 0.19, at 300 0.26, at 1,000 0.44, at 3,000 0.77. Beyond some 2,000 rules what it gains is not worth what it costs to make.

/** Changes with every change of what is generated: stored modules of another version are made anew. */
export const GENERATOR_VERSION = 2;

/** Instructions of a program that gets code. */
export const CODE_INSTRUCTIONS_MAX = 8192;
/** Rules of an image that gets code: their hit bits are locals of one function. */
export const CODE_RULES_MAX = 2048;

export interface ProgramSize {
  readonly codeCount: number;
  readonly ruleCount: number;
}

/** Why an image gets no code; undefined where it gets some, unless the generator finds an opcode it does not know. */
export function whyNoCode({ codeCount, ruleCount }: ProgramSize): string | undefined {
  if (codeCount > CODE_INSTRUCTIONS_MAX) return `its program has ${codeCount} instructions, more than ${CODE_INSTRUCTIONS_MAX}`;
  if (ruleCount > CODE_RULES_MAX) return `it has ${ruleCount} rules, more than ${CODE_RULES_MAX}`;
  return undefined;
}
