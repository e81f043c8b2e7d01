// A load test as it goes on: a line on standard error where that is a terminal, silence elsewhere.

import { SingleBar } from 'cli-progress';
import type { LoadEvents } from '../loadtest/load-test.js';
import type { LoadPlan } from '../loadtest/plan.js';
import { duration } from './load-report.js';
import { number, wantsColor } from './output.js';

export interface LoadProgress extends Required<Omit<LoadEvents, 'ended'>> {
  stop(): void;
}

/** Starts the line. */
export function startLoadProgress({ connections, profile, rounds, echo }: LoadPlan): LoadProgress {
  if (process.stderr.isTTY !== true) return { began: () => {}, connecting: () => {}, second: () => {}, stop: () => {} };
  const isColored = wantsColor(process.stderr);
  let bar: SingleBar | undefined;
  const start = (label: string, total: number): SingleBar => {
    bar?.stop();
    bar = new SingleBar({
      format: `${label} {bar} {percentage}% | {text}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      fps: 8,
      barsize: 20,
      barCompleteChar: isColored ? '█' : '#',
      barIncompleteChar: isColored ? '░' : '-',
    });
    bar.start(total, 0, { text: '' });
    return bar;
  };
  let name = '';
  let isConnecting = true;
  let last = { sent: 0, answered: 0 };
  return {
    began: (against, round) => {
      name = rounds > 1 || echo ? `${against} ${round}/${rounds}` : 'loadtest';
      isConnecting = true;
      last = { sent: 0, answered: 0 };
      start(`${name} connects`, connections);
    },
    connecting: (open, failed) => bar?.update(open + failed, { text: `${number(open)} open, ${number(failed)} failed` }),
    second: ({ second, tally, open, inFlight, latency }) => {
      if (isConnecting) start(name, Math.ceil(profile.seconds));
      isConnecting = false;
      const { sent, answered, failed } = tally;
      const { p50, p99, max } = latency;
      const rates = `${number(sent - last.sent)}/s sent, ${number(answered - last.answered)}/s answered`;
      const tail = `p50 ${duration(p50)} p99 ${duration(p99)} max ${duration(max)}`;
      bar?.update(Math.min(second + 1, Math.ceil(profile.seconds)), {
        text: `${rates} | ${tail} | ${number(open)} open, ${number(inFlight)} in flight, ${number(failed)} failed`,
      });
      last = { sent, answered };
    },
    stop: () => bar?.stop(),
  };
}
