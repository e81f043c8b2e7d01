// The page at / and what it asks for. The page is the same for everybody and knows nothing; the numbers are for those who may read
// /metrics, so with authentication it asks people for a token.

import { createHash } from 'node:crypto';
import type { Exchange, Headers } from '../exchange.js';
import { dashboardPage } from './page.js';
import { systemStats } from './stats.js';

let made: { html: string; headers: Headers } | undefined;

/** GET / */
export function showDashboard(exchange: Exchange): void {
  made ??= makePage();
  exchange.send(200, 'text/html; charset=utf-8', made.html, made.headers);
}

/** GET /v1/system/stats: of all processes and threads together. */
export function showStats(exchange: Exchange): void {
  systemStats(exchange.context).then(
    (stats) => exchange.send(200, 'application/json', JSON.stringify(stats), [['Cache-Control', 'no-store']]),
    (error: unknown) => exchange.fail(error),
  );
}

/** Only what stands in the page may run, and it may ask this server only. */
function makePage(): { html: string; headers: Headers } {
  const { html, scripts, styles } = dashboardPage();
  const hashes = (texts: readonly string[]): string =>
    texts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
  const policy = [
    "default-src 'none'",
    `script-src ${hashes(scripts)}`,
    `style-src ${hashes(styles)}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return {
    html,
    headers: [
      ['Content-Security-Policy', policy],
      ['X-Content-Type-Options', 'nosniff'],
      ['Referrer-Policy', 'no-referrer'],
      ['Cache-Control', 'no-cache'],
    ],
  };
}
