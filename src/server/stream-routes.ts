// Which live image decides a frame. Nearly every frame names the bundle and the model of the one before it on its connection, so
// these are compared as they stand in the frame, and nothing is looked up.

import type { ServingEngine } from '../engine.js';
import { type FrameName, type FrameView, frameNameOf } from '../frame.js';
import type { LiveImage } from '../registry/live-image.js';
import { findLive } from './context.js';
import { adoptModel } from './decision-route.js';

/** What a frame for a live image names. All connections share it. */
export interface Route {
  readonly live: LiveImage;
  readonly name: FrameName;
}

export class Routes {
  private readonly known = new WeakMap<LiveImage, Route>();

  constructor(private readonly engine: ServingEngine) {}

  /**
   * The route of a frame that `view` has read. One that was written with an earlier model of the bundle is made to name the present
   * one, since both read its payloads alike.
   * Throws Problem TENANT_NOT_FOUND, BUNDLE_NOT_FOUND, MODEL_MISSING, MODEL_MISMATCH.
   */
  find(tenant: string, last: Route | undefined, view: FrameView, frame: Uint8Array): Route {
    if (last !== undefined && !last.live.isRetired && names(last.name, view, frame)) return last;
    const live = findLive(this.engine, tenant, view.bundleName(frame));
    adoptModel(live, view, frame);
    return this.of(live);
  }

  private of(live: LiveImage): Route {
    const known = this.known.get(live);
    if (known !== undefined) return known;
    const route = { live, name: frameNameOf(live) };
    this.known.set(live, route);
    return route;
  }
}

function names({ bundle, modelLow, modelHigh }: FrameName, view: FrameView, frame: Uint8Array): boolean {
  if (view.modelLow !== modelLow || view.modelHigh !== modelHigh || view.bundleBytes !== bundle.length) return false;
  for (let i = 0; i < bundle.length; i++) if (frame[view.bundleAt + i] !== bundle[i]) return false;
  return true;
}
