// Small pieces that sections share: facts, numbers, names of places, badges of outcomes.

import type { OutcomeName } from '../bundle/bundle.js';
import { type Content, type Html, html, join } from './html.js';

/** A list of what is known: names and values; those without a value are left out. */
export function facts(pairs: readonly (readonly [name: string, value: Content])[]): Html {
  const known = pairs.filter(([, value]) => value !== undefined && value !== false);
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A number as people read it: thousands with commas, at most so many digits after the point. */
export function number(value: number, digits = 6): string {
  return Number.isFinite(value) ? value.toLocaleString('en-US', { maximumFractionDigits: digits }) : String(value);
}

/** `1 rule`, `2 rules`. */
export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** An outcome with its color; `null` for none. */
export function outcomeBadge(outcome: OutcomeName | null): Html {
  return outcome === null ? html`<span class="outcome none">none</span>` : html`<span class="outcome ${outcome}">${outcome}</span>`;
}

/** A description as it was written, with its lines. */
export function description(text: string | undefined): Html | undefined {
  return text === undefined || text.trim() === '' ? undefined : html`<p class="description">${text.trim()}</p>`;
}

export function place(file: string, line?: number): Html {
  return html`<span class="place">${line === undefined ? file : `${file}:${line}`}</span>`;
}

/** Contents with commas between; `none` where there are none. */
export function commas(contents: readonly Content[], none = 'none'): Html {
  return contents.length === 0 ? html`<span class="note">${none}</span>` : join(contents, ', ');
}

/** Numbers as ranges: 1, 3-5. */
export function ranges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    while (sorted[end + 1] === (sorted[end] as number) + 1) end++;
    parts.push(end - at < 2 ? sorted.slice(at, end + 1).join(', ') : `${sorted[at]}\u2013${sorted[end]}`);
    at = end + 1;
  }
  return parts.join(', ');
}

/** How many tests hit something; nothing where no tests were run. */
export function testCount(count: number | undefined): Html | undefined {
  if (count === undefined) return undefined;
  return count === 0 ? html`<span class="warn">never</span>` : html`${number(count)}`;
}
