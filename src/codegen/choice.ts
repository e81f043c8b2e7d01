// Which images get code: those that it makes faster. The rest is the VM's.
//
// Instructions outside of a match index are made for every payload, and code takes 0.04 to 0.25 of the VM's time for them however
// many they are (2026-11-23, all of a program in one function, the machine busy):
//
//   instructions       VM, code: us a decision   to generate   until V8's best code   its first code
//      1,111 arithmetic      3.4, 0.27                 70 ms                   1 ms            10 us
//     22,589 arithmetic      159, 9.5                 380 ms                 420 ms            28 us
//     70,748 arithmetic      731, 33                  700 ms                 760 ms           760 us
//     17,040 null tests       59, 13                  280 ms                 340 ms            64 us
//     45,406 null tests      162, 18                  290 ms                 290 ms           162 us
//    136,084 null tests      497, 60                  800 ms       2,800 to 8,300 ms         1,660 us
//
// What bounds it is V8's first code, which is slower than the VM from some 100,000 on, and that functions that take seconds keep a
// processor from deciding. Temporaries that segments share made the first code of 45,406 twelve times as fast.
//
// What an index leaves of its parts is run for the few that are alive. There code gains what it gains by loading the payload and
// writing the decision, some 150 ns, and loses by walking past the others: its own instructions are in the way, where the VM looks
// at bits. Code's time over the VM's, tables of 100 rows (959 instructions) to 5,000 (27,563): 0.44, 0.57 at 300 rows, 0.94 at 600
// (4,848), 1.33 at 1,000, 1.0 at 1,500, 1.28 at 5,000.

/** Changes with every change of what is generated: stored modules of another version are made anew. */
export const GENERATOR_VERSION = 13;

/** Instructions of a program that gets code. */
export const CODE_INSTRUCTIONS_MAX = 65_536;

/** Instructions in the parts of match indexes of a program that gets code, where there is no other instruction. */
export const PART_INSTRUCTIONS_MAX = 4096;

/** As many more of them may be in the way of one that is made for every payload. */
const PARTS_PER_INSTRUCTION = 256;

export interface ProgramSize {
  readonly codeCount: number;
}

/** Why an image gets no code by its size; undefined where it gets some, unless the generator has a reason against it. */
export function whyNoCode({ codeCount }: ProgramSize): string | undefined {
  if (codeCount <= CODE_INSTRUCTIONS_MAX) return undefined;
  return `its program has ${codeCount} instructions, more than ${CODE_INSTRUCTIONS_MAX}`;
}

/** Why a program gets no code by what of it lies in the parts of match indexes, of so many instructions in all; or undefined. */
export function whyNoCodeForParts(partCount: number, codeCount: number): string | undefined {
  if (partCount <= PART_INSTRUCTIONS_MAX + PARTS_PER_INSTRUCTION * (codeCount - partCount)) return undefined;
  return `${partCount} of its ${codeCount} instructions are what match indexes leave of rules, and the VM is faster past those`;
}
