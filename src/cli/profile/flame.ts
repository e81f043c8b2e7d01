// A profile as a picture: one row for the whole call, one for its stages, one for what stands in each. Widths are times. No script:
// what a box is, its tooltip tells.

import { number } from '../output.js';
import type { Profile, ProfileStage } from './profile.js';
import { escapeXml, svgHead } from './xml.js';

const WIDTH = 1200;
const MARGIN = 20;
const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 44;
/** Boxes narrower than this are left out, in pixels; what they take shows as a gap. */
const WIDTH_MIN = 0.4;
/** Pixels of a character, about. */
const CHARACTER_WIDTH = 6.6;

const COLORS: Readonly<Record<ProfileStage['stage'], string>> = {
  call: '#8250df',
  payload: '#0969da',
  base: '#0969da',
  features: '#1a7f37',
  rules: '#bc4c00',
  reasons: '#9a6700',
  decision: '#bf3989',
};

const NAMES: Readonly<Record<ProfileStage['stage'], string>> = {
  call: 'call and copies',
  payload: 'verify and load',
  base: 'verify, load, write',
  features: 'features and tables',
  rules: 'rules',
  reasons: 'reasons',
  decision: 'write the decision',
};

/** How a stage is called. */
export function stageName(stage: ProfileStage['stage']): string {
  return NAMES[stage];
}

interface Box {
  name: string;
  ns: number;
  tip: string;
}

/** A profile as SVG. @param name of the bundle */
export function flameSvg(name: string, profile: Profile): string {
  const stages = profile.stages.map((stage) => ({ ...stage, ns: Math.max(0, stage.ns) }));
  const total = stages.reduce((sum, { ns }) => sum + ns, 0);
  const scale = total === 0 ? 0 : (WIDTH - 2 * MARGIN) / total;
  const boxes: string[] = [];
  const draw = (box: Box, x: number, row: number, color: string, opacity: number): void => {
    const width = box.ns * scale;
    if (width < WIDTH_MIN) return;
    const y = HEAD_HEIGHT + row * (ROW_HEIGHT + 2);
    const room = Math.floor((width - 8) / CHARACTER_WIDTH);
    const characters = [...box.name];
    const label = characters.length <= room ? box.name : room >= 4 ? `${characters.slice(0, room - 1).join('')}…` : '';
    const text = label === '' ? '' : `<text x="${fixed(x + 4)}" y="${y + 17}" style="fill:#ffffff">${escapeXml(label)}</text>`;
    boxes.push(
      `<g><title>${escapeXml(box.tip)}</title><rect x="${fixed(x)}" y="${y}" width="${fixed(Math.max(WIDTH_MIN, width - 1))}" ` +
        `height="${ROW_HEIGHT}" rx="2" fill="${color}" fill-opacity="${opacity}"/>${text}</g>`,
    );
  };
  draw({ name: 'one decision', ns: total, tip: `one decision: ${nanos(total)}` }, MARGIN, 0, '#57606a', 1);
  let x = MARGIN;
  for (const stage of stages) {
    const color = COLORS[stage.stage];
    const share = total === 0 ? 0 : (100 * stage.ns) / total;
    const tip = `${stageName(stage.stage)}: ${nanos(stage.ns)}, ${share.toFixed(1)} %, ${nanos(stage.low)} to ${nanos(stage.high)} (95 %)`;
    draw({ name: stageName(stage.stage), ns: stage.ns, tip }, x, 1, color, 1);
    const children = childrenOf(stage.stage, profile);
    // Measured alone, they need not add up to what they take together.
    const sum = children.reduce((all, { ns }) => all + ns, 0);
    let at = x;
    for (const [index, child] of children.entries()) {
      const ns = sum === 0 ? 0 : (child.ns * stage.ns) / sum;
      draw({ ...child, ns }, at, 2, color, index % 2 === 0 ? 0.85 : 0.7);
      at += ns * scale;
    }
    x += stage.ns * scale;
  }
  const height = HEAD_HEIGHT + 3 * (ROW_HEIGHT + 2) + 34;
  const note = `${number(profile.payloads)} payloads; rules and features are measured alone and drawn to the width of their stage`;
  return `${svgHead(WIDTH, height, `Profile of ${name}`)}
<text x="${MARGIN}" y="26" style="font-size:15px;font-weight:600">${escapeXml(name)}: ${nanos(total)} a decision</text>
${boxes.join('\n')}
<text class="soft" x="${MARGIN}" y="${height - 12}">${escapeXml(note)}</text>
</svg>
`;
}

/** What is drawn below a stage. */
function childrenOf(stage: ProfileStage['stage'], { steps, rules, hitPayloads }: Profile): Box[] {
  if (stage === 'features') return steps.map(({ name, ns }) => ({ name, ns: Math.max(0, ns), tip: `${name}: ${nanos(ns)} alone` }));
  if (stage !== 'rules') return [];
  return rules.flatMap(({ id, time, together, hits }) => {
    if (time === null) return [];
    const how = together === 1 ? 'alone' : `, the mean of ${together} rules`;
    const tip = `${id}: ${nanos(time.ns)} ${how}, hits ${((100 * hits) / hitPayloads).toFixed(1)} %`;
    return [{ name: id, ns: Math.max(0, time.ns), tip }];
  });
}

const fixed = (pixels: number): string => pixels.toFixed(2);

function nanos(ns: number): string {
  return `${ns.toFixed(Math.abs(ns) < 100 ? 1 : 0)} ns`;
}
