// The plot of growth: nanoseconds a decision against the number of rules, both logarithmic, as SVG for light and dark pages.

import { escapeXml, svgHead } from '../src/cli/profile/xml.js';

export interface Point {
  readonly rules: number;
  readonly nanos: number;
}

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

const WIDTH = 860;
const HEIGHT = 520;
const PLOT = { left: 76, right: 640, top: 56, bottom: 420 };
/** Told apart on white and on black, and by those who see red and green alike; and by the shape of their points. */
const COLORS = ['#d1570b', '#0a7ea4', '#7a5fd0', '#b0459a', '#4d8f2c', '#8a7400'];
const LABEL_HEIGHT = 16;

/** Power of ten at or below a value. */
const floorPower = (value: number): number => Math.floor(Math.log10(value) + 1e-9);

/** What an axis says at a power of ten. */
function rulesText(power: number): string {
  return (10 ** power).toLocaleString('en-US');
}

function nanosText(power: number): string {
  const units = ['ns', 'us', 'ms', 's'];
  const unit = Math.min(units.length - 1, Math.floor(power / 3));
  return `${10 ** (power - 3 * unit)} ${units[unit]}`;
}

/** Shape of a point: one for each line, so that colour is not all that tells them apart. */
function mark(shape: number, x: number, y: number, color: string, tip: string): string {
  const at = (dx: number, dy: number): string => `${(x + dx).toFixed(1)},${(y + dy).toFixed(1)}`;
  const shapes = [
    `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="4"`,
    `<rect x="${(x - 3.5).toFixed(1)}" y="${(y - 3.5).toFixed(1)}" width="7" height="7"`,
    `<polygon points="${at(0, -4.5)} ${at(4.5, 3.5)} ${at(-4.5, 3.5)}"`,
    `<polygon points="${at(0, -5)} ${at(5, 0)} ${at(0, 5)} ${at(-5, 0)}"`,
    `<polygon points="${at(0, 4.5)} ${at(4.5, -3.5)} ${at(-4.5, -3.5)}"`,
  ];
  return `${shapes[shape % shapes.length]} fill="${color}"><title>${escapeXml(tip)}</title>${shape % shapes.length === 0 ? '</circle>' : shape % shapes.length === 1 ? '</rect>' : '</polygon>'}`;
}

/**
 * Draws lines, each with at least one point.
 * @param notes lines below the plot: the machine, what was left out
 */
export function growthSvg(title: string, lines: readonly Line[], notes: readonly string[]): string {
  const points = lines.flatMap((line) => line.points);
  const [xMin, xMax] = [0, Math.ceil(Math.log10(Math.max(10, ...points.map(({ rules }) => rules))) - 1e-9)];
  const yMin = floorPower(Math.min(...points.map(({ nanos }) => nanos)));
  const yMax = Math.max(yMin + 1, Math.ceil(Math.log10(Math.max(...points.map(({ nanos }) => nanos))) - 1e-9));
  const xOf = (rules: number): number => PLOT.left + ((Math.log10(rules) - xMin) / (xMax - xMin)) * (PLOT.right - PLOT.left);
  const yOf = (nanos: number): number => PLOT.bottom - ((Math.log10(nanos) - yMin) / (yMax - yMin)) * (PLOT.bottom - PLOT.top);
  const grid: string[] = [];
  for (let power = xMin; power <= xMax; power++) {
    const x = xOf(10 ** power).toFixed(1);
    grid.push(`<line x1="${x}" y1="${PLOT.top}" x2="${x}" y2="${PLOT.bottom}" stroke="var(--line)"/>`);
    grid.push(`<text class="soft" x="${x}" y="${PLOT.bottom + 18}" text-anchor="middle">${rulesText(power)}</text>`);
  }
  for (let power = yMin; power <= yMax; power++) {
    const y = yOf(10 ** power);
    grid.push(`<line x1="${PLOT.left}" y1="${y.toFixed(1)}" x2="${PLOT.right}" y2="${y.toFixed(1)}" stroke="var(--line)"/>`);
    grid.push(`<text class="soft" x="${PLOT.left - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end">${nanosText(power)}</text>`);
  }
  const ends = labelPlaces(lines.map(({ points: own }) => yOf(own[own.length - 1]!.nanos)));
  const drawn = lines.map(({ name, points: own }, i) => {
    const color = COLORS[i % COLORS.length]!;
    const path = own.map(({ rules, nanos }) => `${xOf(rules).toFixed(1)},${yOf(nanos).toFixed(1)}`).join(' ');
    const last = own[own.length - 1]!;
    const marks = own.map(({ rules, nanos }) => {
      const tip = `${name}, ${rules.toLocaleString('en-US')} rules: ${Number(nanos.toPrecision(3)).toLocaleString('en-US')} ns`;
      return mark(i, xOf(rules), yOf(nanos), color, tip);
    });
    const [x, y] = [xOf(last.rules), yOf(last.nanos)];
    return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>
${marks.join('\n')}
<line x1="${(x + 6).toFixed(1)}" y1="${y.toFixed(1)}" x2="${PLOT.right + 10}" y2="${ends[i]!.toFixed(1)}" stroke="${color}" stroke-dasharray="2 3"/>
<text x="${PLOT.right + 14}" y="${(ends[i]! + 4).toFixed(1)}" style="fill:${color};font-weight:600">${escapeXml(name)}</text>`;
  });
  const below = notes.map((note, i) => {
    return `<text class="soft" x="${PLOT.left}" y="${PLOT.bottom + 58 + 16 * i}" style="font-size:11px">${escapeXml(note)}</text>`;
  });
  const height = Math.max(HEIGHT, PLOT.bottom + 70 + 16 * notes.length);
  return `${svgHead(WIDTH, height, title)}
<text x="${PLOT.left}" y="30" style="font-size:15px;font-weight:600">${escapeXml(title)}</text>
${grid.join('\n')}
<text class="soft" x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 38}" text-anchor="middle">rules</text>
<text class="soft" transform="translate(18 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)" text-anchor="middle">time of a decision</text>
${drawn.join('\n')}
${below.join('\n')}
</svg>
`;
}

/** Heights of labels as near to their lines as can be without one upon the other. */
function labelPlaces(wanted: readonly number[]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const places = [...wanted];
  for (let k = 1; k < order.length; k++) {
    const [above, own] = [places[order[k - 1]!]!, places[order[k]!]!];
    places[order[k]!] = Math.max(own, above + LABEL_HEIGHT);
  }
  return places;
}
