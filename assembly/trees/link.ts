// What is made of the sums. In single precision each step is rounded to f32, as the libraries do that trained in it; exp() is the
// engine's own, which is rounded once.

import { f64Exp, f64Log1p } from '../functions/math';
import { ENSEMBLE_SCALE, LinkFunction } from '../shared/ensemble';

/** What ONNX takes for zero in SOFTMAX_ZERO. */
const ZERO_MAX: f64 = 1e-7;

/** @param sums, scores an f64 for each of `count` outputs */
export function applyLink<T>(blob: usize, link: u32, sums: usize, scores: usize, count: usize): void {
  if (link === LinkFunction.SOFTMAX || link === LinkFunction.SOFTMAX_ZERO) {
    softmax<T>(link === LinkFunction.SOFTMAX_ZERO, sums, scores, count);
    return;
  }
  const scale = load<f64>(blob, ENSEMBLE_SCALE);
  for (let output: usize = 0; output < count; output++) {
    store<f64>(scores + (output << 3), linked<T>(link, load<f64>(sums + (output << 3)), scale) as f64);
  }
}

function linked<T>(link: u32, x: f64, scale: f64): T {
  switch (link) {
    case LinkFunction.LOGISTIC:
      return logistic<T>(-scale * x);
    case LinkFunction.LOGISTIC_FOLDED: {
      const upper = logistic<T>(-abs(x));
      return x < 0 ? (1 as T) - upper : upper;
    }
    case LinkFunction.EXP:
      return f64Exp(x) as T;
    case LinkFunction.LOG1P_EXP:
      return f64Log1p(f64Exp(x)) as T;
    case LinkFunction.SIGNED_SQUARE:
      return (x < 0 ? -x * x : x * x) as T;
    case LinkFunction.HINGE:
      return (x > 0 ? 1 : 0) as T;
    default:
      return x as T;
  }
}

/** 1 / (1 + exp(x)) */
function logistic<T>(x: f64): T {
  return (1 as T) / ((1 as T) + (f64Exp(x) as T));
}

function softmax<T>(isZeroKept: bool, sums: usize, scores: usize, count: usize): void {
  let most = load<f64>(sums);
  for (let output: usize = 1; output < count; output++) most = max(most, load<f64>(sums + (output << 3)));
  let whole: f64 = 0;
  for (let output: usize = 0; output < count; output++) {
    const x = load<f64>(sums + (output << 3));
    const isZero = isZeroKept && abs(x) <= ZERO_MAX;
    const power: f64 = isZero ? 0 : (f64Exp((x - most) as T as f64) as T as f64);
    store<f64>(scores + (output << 3), power);
    whole += power;
  }
  const divisor = whole as T;
  for (let output: usize = 0; output < count; output++) {
    const at = scores + (output << 3);
    store<f64>(at, ((load<f64>(at) as T) / divisor) as f64);
  }
}
