// Which of the paths a request takes.
//
//   INLINE   static cost up to costInlineMax: decided at once; no clock is read, its worst case is short enough
//   TIMED    more, but by the pace of its image expected to be over in time: decided at once in slices, with a look at the clock
//            after each, until the time is up; what is left then goes to a worker, which goes on where it stopped
//   POOLED   the rest
//
// Static cost is the worst case of each payload, which an index and generated code mostly stay far below: 256 payloads of 100
// rules are 300 us by their cost, and take 40. What must be bounded is the time for which this thread answers nobody else, and
// that is, whatever the pace says: a slice is begun only where its worst case ends within costInlineMax.

import { monotonicMillis } from './clock.js';
import type { DecideOptions } from './decide-options.js';
import type { LiveImage } from './registry/live-image.js';
import type { Request } from './request.js';
import type { SlotCall } from './runtime/task.js';
import type { Settle } from './settled.js';

export enum Path {
  INLINE = 0,
  TIMED = 1,
  POOLED = 2,
}

/** A look at the clock, and a call of the engine, for each part of costInlineMax. */
const SLICES = 4;
/** Of static cost in the worst case (see config.ts). */
const NANOS_PER_UNIT = 1;

/** The path of a request of `count` payloads: inline by default, pooled when it pays. See config.ts for the bound. */
export function pathOf(live: LiveImage, count: number, options: DecideOptions): Path {
  const { scheduler, costInlineMax } = live.tenant.host;
  if (scheduler === undefined) return Path.INLINE;
  if (options.path !== undefined) return options.path === 'pooled' ? Path.POOLED : Path.INLINE;
  const cost = live.costMax * count;
  if (cost <= costInlineMax) return Path.INLINE;
  const isFast = cost * live.pace.nanosPerUnit <= costInlineMax * NANOS_PER_UNIT;
  return isFast && live.costMax * SLICES <= costInlineMax ? Path.TIMED : Path.POOLED;
}

/**
 * Decides a request that has been filled, and ends it: settled before the return, or later by way of a worker. Where no worker
 * takes it, ends it and throws Problem OVERLOADED, STOPPING; then nothing is settled.
 */
export function run(request: Request, call: SlotCall, path: Path, options: DecideOptions, settle: Settle): void {
  let isHandedOver = false;
  try {
    if (path === Path.INLINE) request.decideInline(call);
    else if (path === Path.POOLED || !decideTimed(request, call)) {
      request.decidePooled(call, options, () => {
        try {
          settle(request);
        } finally {
          request.end();
        }
      });
      isHandedOver = true;
      return;
    }
    settle(request);
  } finally {
    if (!isHandedOver) request.end();
  }
}

/** Decides as much as there is time for. False where payloads are left. */
function decideTimed(request: Request, call: SlotCall): boolean {
  const { live, remaining } = request;
  const nanosMax = live.tenant.host.costInlineMax * NANOS_PER_UNIT;
  const sliceCount = Math.floor(nanosMax / (SLICES * NANOS_PER_UNIT * live.costMax));
  const sliceNanosMax = sliceCount * live.costMax * NANOS_PER_UNIT;
  const startedAt = monotonicMillis();
  let isOver: boolean;
  let nanos: number;
  do {
    isOver = request.decideInline(call, sliceCount);
    nanos = (monotonicMillis() - startedAt) * 1e6;
  } while (!isOver && nanos + sliceNanosMax <= nanosMax);
  live.pace.record((remaining - (isOver ? 0 : request.remaining)) * live.costMax, nanos / 1000);
  return isOver;
}
