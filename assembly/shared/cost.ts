// Static worst-case cost in units of about a nanosecond on a plain machine (2 GHz, one core, warm). The figures are upper
// estimates, not measurements of one machine: they are part of the format, so that a bundle costs the same everywhere, and the
// engine's verifier adds them up again to refuse an image that says less.
//
// An image's cost is that of verifying a payload, of every instruction times the rounds of the loops around it, and of the
// decision. No branch counts as taken: a program that skips costs less.
//
// Units of instructions stand in opcode.ts, of functions in function.ts, of fields in value-type.ts: these files import nothing.

/** Beginning a payload: finding it, its entry and its decision. */
export const PAYLOAD_UNITS: number = 40;

/**
 * Units of turning hits into a decision with as many reasons as it may carry.
 * @param boundCount lists and parameters, whose versions the decision names
 */
export function decisionUnits(ruleCount: number, reasonsMax: number, boundCount: number): number {
  let reasons = reasonsMax;
  if (ruleCount < reasonsMax) reasons = ruleCount;
  return 40 + ruleCount / 16 + reasons * 20 + boundCount * 4;
}
