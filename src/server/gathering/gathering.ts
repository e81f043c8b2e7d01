// The figures of several threads or processes as one, each counted once: whoever starts them asks them all when somebody wants to
// know. What one has counted stays in the sums when it is gone, as far as it was heard, so that a sum never falls; one that does
// not answer in time is in them with what it said last.

import type { Channel } from '../../channel/channel.js';
import type { Parts, ServerStats } from '../dashboard/stats.js';
import { metricsText } from '../metrics-text.js';
import { MetricSums } from './metric-sums.js';
import { type Counted, HeadBook, type Snapshot, SnapshotReader } from './snapshot.js';
import { sumStats, totalsOf } from './stat-sums.js';

/** What one that counts is asked. */
export interface CountingHandlers {
  /** Its metrics. @param known version of the heads that are known already, 0 = none */
  metrics(known: number): Snapshot | Promise<Snapshot>;
  stats(none: null): ServerStats;
}

type Asked = Pick<Channel<CountingHandlers>, 'call'>;

/** One that counts, elsewhere. Its channel lives as long as it. */
export interface Source {
  /** Value of the label of what cannot be summed. */
  readonly name: string;
  readonly channel: Asked;
}

export interface GatheringOptions {
  /** Label of what cannot be summed. */
  readonly label: 'process' | 'listener';
  /** Those that are there now. */
  readonly sources: () => readonly Source[];
  readonly parts: () => Parts;
  /** The one that gathers counts too. */
  readonly own: CountingHandlers & { readonly name: string };
  /** How long one may take to answer. */
  readonly millisMax: number;
  /** How long an answer of all of them is given again. */
  readonly keptMillis: number;
}

/** The totals of all. */
export interface GatheredStats {
  stats: ServerStats;
  parts: Parts;
  /** Of the one that has gathered: when, and which process that is. */
  uptimeMillis: number;
  pid: number;
}

/** The last of one that ends, as far as it can still tell. */
export interface LastWords {
  metrics: Snapshot;
  stats: ServerStats;
}

/** What was heard of one last. */
interface Heard {
  readonly reader: SnapshotReader;
  metrics: Counted | undefined;
  stats: ServerStats | undefined;
}

/** Different texts of heads that are remembered: mostly there are two, of a process that serves and of its parent. */
const HEADS_KEPT_MAX = 64;

export class Gathering {
  /** The text of all metrics. At most one is made at a time. */
  readonly metrics: () => Promise<string>;
  /** The totals of all. At most one is made at a time. */
  readonly stats: () => Promise<GatheredStats>;
  private readonly book = new HeadBook(HEADS_KEPT_MAX);
  private readonly heard = new Map<Asked, Heard>();
  private readonly ownReader = new SnapshotReader(this.book);
  /** Of those that are gone. */
  private readonly goneMetrics = new MetricSums();
  private goneStats: ServerStats | undefined;

  constructor(private readonly options: GatheringOptions) {
    const { keptMillis } = options;
    this.metrics = kept(() => this.gatherMetrics(), keptMillis);
    this.stats = kept(() => this.gatherStats(), keptMillis);
  }

  /** One is gone, or is about to go and answers no more: what it has counted is kept. */
  leave(channel: Asked, last?: LastWords): void {
    const heard = this.heardOf(channel);
    this.heard.delete(channel);
    const metrics = last === undefined ? heard.metrics : heard.reader.read(last.metrics);
    if (metrics !== undefined) this.goneMetrics.addTotals(metrics);
    const stats = last?.stats ?? heard.stats;
    if (stats === undefined) return;
    const totals = totalsOf(stats);
    this.goneStats = this.goneStats === undefined ? totals : sumStats([this.goneStats, totals]);
  }

  private async gatherMetrics(): Promise<string> {
    const { label, sources, own, millisMax } = this.options;
    const asked = sources().map(async ({ name, channel }) => {
      const heard = this.heardOf(channel);
      const snapshot = await channel.call('metrics', heard.reader.version, millisMax).catch(() => undefined);
      if (snapshot !== undefined) heard.metrics = heard.reader.read(snapshot);
      return { name, channel, heard };
    });
    const ownMetrics = this.ownReader.read(await own.metrics(this.ownReader.version));
    const all = await Promise.all(asked);
    // From here on nothing is waited for: who has left meanwhile is among those that are gone, and nowhere else.
    const sums = new MetricSums();
    sums.add(ownMetrics, { [label]: own.name });
    for (const { name, channel, heard } of all)
      if (heard.metrics !== undefined && this.heard.get(channel) === heard) sums.add(heard.metrics, { [label]: name });
    sums.addAll(this.goneMetrics);
    return metricsText(sums.sampled());
  }

  private async gatherStats(): Promise<GatheredStats> {
    const { sources, own, millisMax } = this.options;
    const asked = sources().map(async ({ channel }) => {
      const heard = this.heardOf(channel);
      const stats = await channel.call('stats', null, millisMax).catch(() => undefined);
      if (stats !== undefined) heard.stats = stats;
      return { channel, heard };
    });
    const all = await Promise.all(asked);
    const parts = all.flatMap(({ channel, heard }) => (this.heard.get(channel) === heard ? (heard.stats ?? []) : []));
    const gone = this.goneStats === undefined ? [] : [this.goneStats];
    return {
      stats: sumStats([own.stats(null), ...parts, ...gone]),
      parts: this.options.parts(),
      uptimeMillis: performance.now(),
      pid: process.pid,
    };
  }

  private heardOf(channel: Asked): Heard {
    let heard = this.heard.get(channel);
    if (heard === undefined) {
      heard = { reader: new SnapshotReader(this.book), metrics: undefined, stats: undefined };
      this.heard.set(channel, heard);
    }
    return heard;
  }
}

/** Asked again while it is being made, or within `millis` after that, it is the same: each asks all threads or processes. */
function kept<Made>(make: () => Promise<Made>, millis: number): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    if (made === undefined) {
      made = make();
      const forget = (): void => {
        made = undefined;
      };
      const later = (): void => {
        if (millis === 0) forget();
        else setTimeout(forget, millis).unref();
      };
      made.then(later, later);
    }
    return made;
  };
}
