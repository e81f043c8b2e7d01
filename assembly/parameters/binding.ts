// What the parameters of an image are bound to while a slot is decided: the slot's block of bindings, one a parameter.

import { IMAGE_PARAMETER_COUNT, IMAGE_PARAMETERS, PARAMETER_BYTES, PARAMETER_VERSION_AT } from '../shared/image';
import { PARAMETER_BINDING_BYTES, PARAMETER_VALUE, PARAMETER_VERSION } from '../shared/layout';

/** Whether there is a block, where the image reads parameters. What is in it was verified when it was placed. */
export function parametersAreBound(image: usize, parameters: usize): bool {
  return parameters !== 0 || load<u32>(image, IMAGE_PARAMETER_COUNT) === 0;
}

/** The bits of parameter number `index`, as a register of its type holds them. */
export function parameterValue(parameters: usize, index: usize): u64 {
  return load<u64>(parameters + index * PARAMETER_BINDING_BYTES, PARAMETER_VALUE);
}

/** Writes the version of each set of parameters into a decision. */
export function writeParameterVersions(image: usize, parameters: usize, decision: usize): void {
  const count = load<u32>(image, IMAGE_PARAMETER_COUNT);
  const descriptors = image + load<u32>(image, IMAGE_PARAMETERS);
  let written: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    // Those of a set lie side by side.
    const at = load<u32>(descriptors + index * PARAMETER_BYTES, PARAMETER_VERSION_AT);
    if (at === written) continue;
    written = at;
    const binding = parameters + index * PARAMETER_BINDING_BYTES;
    store<u64>(decision + at, load<u64>(binding, PARAMETER_VERSION));
    store<u64>(decision + at, load<u64>(binding, PARAMETER_VERSION + 8), 8);
  }
}
