// What the dashboard does in the browser. The function is taken from here as text, so it refers to nothing outside itself. What the
// server says only ever becomes text: no markup is made of it.

import type { Span } from './span-of.js';
import type { SystemStats } from './stats.js';

/** The little of a browser that is needed; the project is built without its types. */
interface PageElement {
  textContent: string | null;
  className: string;
  hidden: boolean;
  value: string | number;
  max: number;
  readonly clientWidth: number;
  append(...children: (PageElement | string)[]): void;
  replaceChildren(...children: (PageElement | string)[]): void;
  setAttribute(name: string, value: string): void;
  addEventListener(type: string, listener: (event: { preventDefault(): void }) => void): void;
}

export interface PageWindow {
  document: {
    createElement(tag: string): PageElement;
    getElementById(id: string): PageElement | null;
    documentElement: PageElement & { dataset: Record<string, string> };
    hidden: boolean;
    addEventListener(type: string, listener: () => void): void;
  };
  location: { origin: string };
  getComputedStyle(element: PageElement): { getPropertyValue(name: string): string };
  matchMedia(query: string): { addEventListener(type: string, listener: () => void): void };
  addEventListener(type: string, listener: () => void): void;
  setTimeout(run: () => void, millis: number): number;
  clearTimeout(timer: number): void;
  fetch(url: string, options: object): Promise<{ status: number; ok: boolean; json(): Promise<unknown> }>;
}

interface Plot {
  setData(data: (number | null)[][]): void;
  setSize(size: { width: number; height: number }): void;
  destroy(): void;
}

/** Asks the server each second, and draws. `data-looks` of the page says how often it has drawn. */
export function drawDashboard(
  Chart: new (options: object, data: (number | null)[][], target: PageElement) => Plot,
  spanOf: (first: SystemStats, last: SystemStats) => Span | undefined,
  window: PageWindow,
): void {
  const { document } = window;
  const POLL_MILLIS = 1000;
  const LOOKS_MAX = 600;
  const WINDOW_LOOKS = 60;
  const HEIGHT = 180;
  const STAGES = ['read', 'queue', 'evaluate', 'write'];
  const OUTCOMES = ['approve', 'review', 'decline', 'none'];
  const at = (id: string): PageElement => document.getElementById(id) as PageElement;
  const make = (tag: string, text = '', className = ''): PageElement => {
    const element = document.createElement(tag);
    if (text !== '') element.textContent = text;
    if (className !== '') element.className = className;
    return element;
  };

  const number = (value: number): string => {
    if (value >= 1e6) return `${+(value / 1e6).toPrecision(3)} M`;
    if (value >= 1e4) return `${+(value / 1e3).toPrecision(3)} k`;
    return value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en-US') : `${+value.toPrecision(2)}`;
  };
  const time = (micros: number): string => {
    if (micros < 1000) return `${+micros.toPrecision(2)} µs`;
    return micros < 1e6 ? `${+(micros / 1000).toPrecision(3)} ms` : `${+(micros / 1e6).toPrecision(3)} s`;
  };
  const bytes = (value: number): string => {
    if (value < 1 << 20) return `${+(value / 1024).toPrecision(3)} KiB`;
    return value < 2 ** 30 ? `${+(value / 2 ** 20).toPrecision(3)} MiB` : `${+(value / 2 ** 30).toPrecision(3)} GiB`;
  };
  const percent = (share: number): string => `${+(100 * share).toPrecision(3)} %`;

  let token = '';
  let looks: SystemStats[] = [];
  let rows: { second: number; values: Record<string, number | null> }[] = [];
  let drawn = 0;
  let timer = 0;

  const colour = (name: string): string => window.getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const PLOTS = [
    {
      id: 'plot-throughput',
      series: OUTCOMES,
      colours: ['--approve', '--review', '--decline', '--none'],
      values: number,
      isLog: false,
    },
    { id: 'plot-latency', series: STAGES, colours: ['--third', '--review', '--accent', '--second'], values: time, isLog: true },
    {
      id: 'plot-queue',
      series: ['waiting', 'workers running', 'not answered'],
      colours: ['--review', '--accent', '--second'],
      values: number,
      isLog: false,
    },
  ];
  let charts: { chart: Plot; target: PageElement; columns: () => (number | null)[][] }[] = [];
  const makeCharts = (): void => {
    for (const { chart } of charts) chart.destroy();
    charts = PLOTS.map(({ id, series, colours, values, isLog }) => {
      const target = at(id);
      const axis = {
        stroke: colour('--soft'),
        grid: { stroke: colour('--line'), width: 1 },
        ticks: { stroke: colour('--line'), width: 1 },
      };
      // On a logarithmic scale a line for each power of ten.
      const lines = (_plot: unknown, splits: number[]) =>
        splits.map((value) => (isLog && Math.abs(Math.log10(value) % 1) > 1e-9 ? null : value));
      const texts = (_plot: unknown, splits: (number | null)[]) => splits.map((value) => (value === null ? '' : values(value)));
      const options = {
        width: target.clientWidth,
        height: HEIGHT,
        cursor: { points: { size: 6 } },
        scales: {
          x: { time: false, range: (_plot: unknown, min: number | null) => [Math.min(-60, min ?? 0), 0] },
          y: isLog ? { distr: 3 } : { range: (_plot: unknown, _min: number, max: number) => [0, Math.max(1, max * 1.1)] },
        },
        axes: [
          { ...axis, values: (_plot: unknown, splits: number[]) => splits.map((value) => `${Math.round(value)} s`) },
          { ...axis, grid: { ...axis.grid, filter: lines }, ticks: { ...axis.ticks, filter: lines }, size: 64, values: texts },
        ],
        series: [
          { label: 'at', value: (_plot: unknown, value: number | null) => (value === null ? '' : `${Math.round(value)} s`) },
          ...series.map((label, i) => ({
            label,
            stroke: colour(colours[i] as string),
            width: 1.75,
            points: { show: false },
            value: (_plot: unknown, value: number | null) => (value === null ? '' : values(value)),
          })),
        ],
      };
      const columns = (): (number | null)[][] => [
        rows.map(({ second }) => second - (rows.at(-1)?.second ?? 0)),
        ...series.map((name) => rows.map(({ values: row }) => row[name] ?? null)),
      ];
      return { chart: new Chart(options, columns(), target), target, columns };
    });
  };

  const table = (id: string, head: string[], body: (string | PageElement)[][], nothing: string): void => {
    const cells = (tag: string, row: (string | PageElement)[]): PageElement => {
      const line = make('tr');
      for (const cell of row) {
        const element = make(tag);
        element.append(cell);
        line.append(element);
      }
      return line;
    };
    if (body.length === 0) {
      at(id).replaceChildren(cells('td', [nothing]));
      return;
    }
    const [top, rest] = [make('thead'), make('tbody')];
    top.append(cells('th', head));
    rest.append(...body.map((row) => cells('td', row)));
    at(id).replaceChildren(top, rest);
  };
  const progress = (share: number, label: string): PageElement => {
    const bar = make('progress');
    bar.max = 1;
    bar.value = Math.min(1, share);
    bar.setAttribute('aria-label', label);
    return bar;
  };

  const drawTables = (last: SystemStats, minute: Span): void => {
    at('outcomes').replaceChildren(
      ...OUTCOMES.map((outcome) => {
        const rate = minute.outcomes[outcome] ?? 0;
        const share = minute.decisions === 0 ? 0 : rate / minute.decisions;
        const bar = make('div', '', `bar ${outcome}`);
        bar.append(make('b', outcome), progress(share, outcome), make('i', `${number(rate)}/s  ${percent(share)}`));
        return bar;
      }),
    );
    table(
      'stages',
      ['face', 'path', 'stage', 'timed', '50 %', '90 %', '99 %'],
      minute.stages
        .filter(({ count }) => count > 0)
        .map(({ face, path, stage, count, p50, p90, p99 }) => [face, path, stage, number(count), time(p50), time(p90), time(p99)]),
      'Nothing was decided in the last minute.',
    );
    const refused = Object.entries(minute.refused).sort(([, a], [, b]) => b - a);
    table(
      'refused',
      ['code', 'a second'],
      refused.map(([code, rate]) => [code, number(rate)]),
      'Nothing was refused in the last minute.',
    );
    table(
      'tenants',
      ['tenant', 'memory', 'of its quota', '', 'bundles', 'in flight'],
      last.tenants.map(({ tenant, memoryBytes, memoryBytesMax, bundles, slots }) => {
        const share = memoryBytesMax === 0 ? 0 : memoryBytes / memoryBytesMax;
        return [tenant, bytes(memoryBytes), percent(share), progress(share, tenant), number(bundles), number(slots)];
      }),
      'There is no tenant yet.',
    );
    table(
      'bundles',
      ['bundle', 'tenant', 'version', 'static cost'],
      last.bundles.map(({ tenant, name, version, costMax }) => [name, tenant, version, number(costMax)]),
      'No bundle is live.',
    );
    at('bundle-count').textContent =
      last.bundleCount > last.bundles.length ? `${last.bundles.length} of ${number(last.bundleCount)}` : number(last.bundleCount);
  };

  const drawTiles = (last: SystemStats, now: Span, minute: Span): void => {
    const { pool } = last.engine;
    const of = (stage: string, share: 'p50' | 'p99'): string =>
      minute.byStage[stage]?.count ? time(minute.byStage[stage][share]) : '-';
    const refused = Object.values(now.refused).reduce((sum, rate) => sum + rate, 0);
    const tiles: [string, string][] = [
      ['decisions a second', number(now.decisions)],
      ['evaluate, 50 %', of('evaluate', 'p50')],
      ['evaluate, 99 %', of('evaluate', 'p99')],
      ['waiting for a worker', `${number(pool.queued)} of ${number(pool.queueMax)}`],
      ['workers busy', pool.threads === 0 ? '-' : `${percent(now.poolBusy / pool.threads)} of ${pool.threads}`],
      ['refused a second', number(refused)],
      ['connections', number(last.http.connections + last.streams.connections)],
      ['processors in use', now.cpu.toFixed(2)],
      ['memory', bytes(last.process.rssBytes)],
    ];
    at('tiles').replaceChildren(
      ...tiles.map(([label, value]) => {
        const tile = make('div', '', 'tile');
        tile.append(make('span', label), make('strong', value));
        return tile;
      }),
    );
  };

  const say = (className: string, text: string): void => {
    at('state').className = className;
    at('state-text').textContent = text;
  };
  const uptime = (millis: number): string => {
    const minutes = Math.floor(millis / 60_000);
    if (minutes < 1) return `${Math.round(millis / 1000)} s`;
    return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  };

  const draw = (last: SystemStats): void => {
    const before = looks.at(-1);
    // Of several processes there are new figures twice a second.
    if (before?.process.pid === last.process.pid && before.uptimeMillis === last.uptimeMillis) return;
    if (before !== undefined && spanOf(before, last) === undefined) {
      looks = []; // it was started again
      rows = [];
    }
    const now = before === undefined ? undefined : spanOf(before, last);
    looks.push(last);
    if (looks.length > WINDOW_LOOKS + 1) looks.shift();
    const minute = spanOf(looks[0] as SystemStats, last);
    const { parts } = last;
    const many =
      parts === undefined ? '' : `, ${parts.ready} of ${parts.of} ${parts.kind === 'process' ? 'processes' : 'listeners'}`;
    const isDown = parts !== undefined && parts.ready < parts.of;
    const state = `${last.stopping ? 'stopping' : 'live'}, up ${uptime(last.uptimeMillis)}${many}, ${window.location.origin}`;
    say(isDown ? 'lost' : 'live', state);
    at('login').hidden = true;
    at('main').hidden = false;
    at('empty').hidden = last.bundleCount > 0;
    at('publish').textContent =
      `verdict init rules\nverdict check rules\nverdict publish rules --server ${window.location.origin} --tenant acme`;
    if (charts.length === 0) makeCharts();
    if (now !== undefined && minute !== undefined) {
      const { pool } = last.engine;
      const latency = STAGES.map((stage) => [stage, now.byStage[stage]?.p99 || null] as const);
      const work = { waiting: pool.queued, 'workers running': pool.running, 'not answered': last.pending };
      rows.push({ second: last.uptimeMillis / 1000, values: { ...now.outcomes, ...Object.fromEntries(latency), ...work } });
      if (rows.length > LOOKS_MAX) rows.shift();
      drawTiles(last, now, minute);
      drawTables(last, minute);
      for (const { chart, columns } of charts) chart.setData(columns());
      document.documentElement.dataset.looks = String(++drawn);
    }
  };

  const look = async (): Promise<void> => {
    window.clearTimeout(timer);
    const asked = token;
    try {
      const headers = token === '' ? {} : { Authorization: `Bearer ${token}` };
      const answer = await window.fetch('v1/system/stats', { headers, cache: 'no-store' });
      if (asked !== token) return; // somebody has signed in meanwhile
      if (answer.status === 401 || answer.status === 403) {
        say('lost', 'not signed in');
        at('main').hidden = true;
        at('login').hidden = false;
        at('login-text').textContent =
          token === ''
            ? ''
            : answer.status === 401
              ? 'The server does not take this token.'
              : 'This token lacks the scope metrics.';
        token = '';
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      draw((await answer.json()) as SystemStats);
    } catch (error) {
      say('lost', `no answer from ${window.location.origin}`);
      document.documentElement.dataset.error = String(error);
    }
    // Who does not look needs no numbers.
    if (!document.hidden) timer = window.setTimeout(() => void look(), POLL_MILLIS);
  };

  at('login').addEventListener('submit', (event) => {
    event.preventDefault();
    token = String(at('token').value).trim();
    at('token').value = '';
    void look();
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look();
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    if (charts.length > 0) makeCharts();
  });
  window.addEventListener('resize', () => {
    for (const { chart, target } of charts) chart.setSize({ width: target.clientWidth, height: HEIGHT });
  });
  void look();
}
