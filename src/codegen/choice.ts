// Which images get code: those that it makes faster. The rest is the VM's.
//
// Generating takes some 10 us an instruction and V8 optimises functions as a whole, so the bound is on the length of the program.
// Measured with the workload of `npm run bench -- decide` (4.1 instructions a rule) without an index: at 10 rules code takes 0.24 of
// the VM's time, at 100 0.19, at 300 0.26, at 1,000 0.44, at 3,000 0.77. Beyond some 2,000 rules what it gains is not worth what it
// costs to make. With an index a rule of simple tests is no instruction at all, and code takes 0.7 of the VM's time: it loads the
// payload and writes the decision.

/** Changes with every change of what is generated: stored modules of another version are made anew. */
export const GENERATOR_VERSION = 8;

/** Instructions of a program that gets code. */
export const CODE_INSTRUCTIONS_MAX = 8192;

export interface ProgramSize {
  readonly codeCount: number;
}

/** Why an image gets no code; undefined where it gets some, unless the generator finds an opcode it does not know. */
export function whyNoCode({ codeCount }: ProgramSize): string | undefined {
  if (codeCount <= CODE_INSTRUCTIONS_MAX) return undefined;
  return `its program has ${codeCount} instructions, more than ${CODE_INSTRUCTIONS_MAX}`;
}
