// What the connections of a stream endpoint have in common.

import type { Sampler } from '../observe/sampler.js';
import type { Context, DecisionIds, Traffic } from './context.js';
import type { StreamMetrics } from './metrics.js';
import type { Routes } from './stream-routes.js';

/** What all connections of an endpoint share, at hand for each frame. */
export class Surroundings {
  readonly sampler: Sampler;
  readonly streams: StreamMetrics;
  readonly traffic: Traffic;
  readonly ids: DecisionIds;
  /** Of a connection that has not said hello. */
  readonly creditMax: number;

  constructor(
    readonly context: Context,
    readonly routes: Routes,
  ) {
    this.sampler = context.metrics.stages.stream;
    this.streams = context.metrics.streams;
    this.traffic = context.traffic;
    this.ids = context.ids;
    this.creditMax = context.config.creditMax;
  }
}
