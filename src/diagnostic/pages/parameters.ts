// V44xx: parameters of the tenant.

import { type Example, files, type Pages, ruleText } from './page.js';

/** A parameter that the only rule reads. */
function parameter(declaration: string, condition = 'amount > parameters.limits.threshold'): Example {
  return files({
    'parameters/limits.yaml': `values:\n  threshold: ${declaration}\n`,
    'rules/example.yaml': ruleText(condition),
  });
}

const RIGHT = parameter('{ type: { decimal: 2 }, minimum: 0, maximum: 1000000, default: 500 }');
const CHANNEL = 'channel === parameters.limits.threshold';

export const PARAMETER_PAGES: Pages = {
  V4500: {
    why: 'What is declared holds until another value is set, and says which values may be set: it has the type of the parameter.',
    wrong: parameter('{ type: { decimal: 2 }, minimum: 0, maximum: 1000000, default: "500.001" }'),
    right: RIGHT,
  },
  V4501: {
    why: 'The bounds say which values the parameter may have, and so what is proven of the rules; the default is one of them.',
    wrong: parameter('{ type: { decimal: 2 }, minimum: 0, maximum: 1000000, default: -1 }'),
    right: RIGHT,
  },
  V4502: {
    why: 'Numbers, decimals, dates and timestamps have a minimum and a maximum, a string has a length.',
    wrong: parameter('{ type: string, minimum: 1, default: web }', 'email === parameters.limits.threshold'),
    right: parameter('{ type: string, maxLength: 20, default: web }', 'email === parameters.limits.threshold'),
  },
  V4503: {
    why: 'Such a parameter has one of the members of a field of the model, which is named by its path.',
    wrong: parameter('{ type: { enum: chanel }, default: web }', CHANNEL),
    right: parameter('{ type: { enum: channel }, default: web }', CHANNEL),
  },
};
