// Latency by stage, as /metrics and the dashboard have it.

import { SAMPLE_ALL_PER_SECOND, SAMPLE_EVERY, Sampler } from '../observe/sampler.js';
import { Face, Path, Stage, StageHistograms, UNITS_PER_MICRO } from '../observe/stages.js';
import type { BucketScale } from './metric-samples.js';
import type { ServerMetrics } from './metrics.js';

const NAME = 'verdict_stage_duration_seconds';
/** Of which decisions. */
export const SAMPLED = `Sampled: of each face every request below ${SAMPLE_ALL_PER_SECOND} a second of the whole server, one in ${SAMPLE_EVERY} above.`;
const HELP =
  'Where the time of decisions goes, by face, path and stage. read: from the head or message to the hand-over to the engine; ' +
  'queue: waiting for a worker; evaluate: the rest until it is settled; write: until the kernel has the answer. ' +
  SAMPLED;
/** 0.5 us to 8.4 s. */
const SCALE: BucketScale = { exponents: Array.from({ length: 25 }, (_, i) => i + 3), unitsPerSecond: UNITS_PER_MICRO * 1e6 };

export const FACES = { http: Face.HTTP, stream: Face.STREAM } as const;
export const PATHS = { inline: Path.INLINE, pooled: Path.POOLED } as const;
export const STAGES = { read: Stage.READ, queue: Stage.QUEUE, evaluate: Stage.EVALUATE, write: Stage.WRITE } as const;

export class StageMetrics {
  readonly histograms = new StageHistograms();
  readonly unitsPerMicro = UNITS_PER_MICRO;
  /** Which requests are timed, by face: much of one is no reason to time little of the other. */
  readonly http: Sampler;
  readonly stream: Sampler;

  /** @param processes of the server, or threads, which have about as many requests each */
  constructor(processes = 1) {
    this.http = new Sampler(1 / processes);
    this.stream = new Sampler(1 / processes);
  }

  /** Every face, path and stage that there is, with the names that they have in labels. */
  *each(): Generator<{ face: string; path: string; stage: string; histogram: ReturnType<StageHistograms['of']> }> {
    for (const [face, faceOf] of Object.entries(FACES))
      for (const [path, pathOf] of Object.entries(PATHS))
        for (const [stage, stageOf] of Object.entries(STAGES))
          if (pathOf === Path.POOLED || stageOf !== Stage.QUEUE)
            yield { face, path, stage, histogram: this.histograms.of(faceOf, pathOf, stageOf) };
  }

  addTo(metrics: ServerMetrics): void {
    metrics.addHistogram(NAME, HELP, SCALE, () => [...this.each()].map(({ histogram, ...labels }) => ({ labels, histogram })));
  }
}
