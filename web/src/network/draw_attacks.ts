import type { Attacks } from './attacks';
import { addHexagon, cellAt } from './comb';
import { pointOn } from './curve';
import type { Layout, Place } from './layout';
import type { Palette } from './palette';
import { drawRim } from './draw_rim';
import type { Pulse } from './pulse';
import { type ViewBox, beginDrawing, isSeen } from './view_box';

const levels = 10;
const tail = 9;
const tailMilliseconds = 22;

/** Draws only the moving parts, on a canvas above the map. */
export function drawAttacks(
  context: CanvasRenderingContext2D,
  attacks: Attacks,
  layout: Layout,
  view: ViewBox,
  palette: Palette,
  now: number,
): void {
  beginDrawing(context, view);
  if (attacks.rim.isPast) {
    for (const [place, cells] of attacks.pastCells())
      drawGlow(context, place, (cell) => (cells.has(cell) ? 0.8 : 0), palette);
    return drawRim(context, attacks.rim, layout, view, palette, now);
  }
  for (const [place, strength] of attacks.glow.places(now)) {
    if (isSeen(place, place.radius, view)) drawGlow(context, place, strength, palette);
  }
  for (const { place, share } of attacks.sweeps) drawSweep(context, place, share, palette);
  context.fillStyle = palette.glow;
  for (const pulse of attacks.pulses) drawPulse(context, pulse, now, view);
  context.globalAlpha = 1;
  drawRim(context, attacks.rim, layout, view, palette, now);
}

/** Draws cells of similar strength as one path, as each path has a cost. */
function drawGlow(
  context: CanvasRenderingContext2D,
  place: Place,
  strength: (cell: number) => number,
  palette: Palette,
): void {
  if (!place.contents) {
    context.globalAlpha = strength(0);
    context.strokeStyle = palette.glow;
    context.lineWidth = 3;
    context.beginPath();
    context.arc(place.x, place.y, place.radius + 3, 0, 2 * Math.PI);
    context.stroke();
    context.globalAlpha = 1;
    return;
  }
  const paths: (Path2D | undefined)[] = [];
  const radius = place.cell * (place.contents.kind === 'folded' ? 0.98 : 0.86);
  for (let cell = 0; cell < place.contents.cells; ++cell) {
    const level = Math.round(strength(cell) * levels);
    if (level === 0) continue;
    const at = cellAt(cell);
    addHexagon(
      (paths[level] ??= new Path2D()),
      place.x + at.x * place.cell,
      place.y + at.y * place.cell,
      radius,
    );
  }
  context.fillStyle = palette.glow;
  paths.forEach((path, level) => {
    if (!path) return;
    context.globalAlpha = level / levels;
    context.fill(path);
  });
  context.globalAlpha = 1;
}

function drawSweep(context: CanvasRenderingContext2D, place: Place, share: number, palette: Palette): void {
  const x = place.x + (share * 2 - 1) * place.radius;
  const half = Math.sqrt(Math.max(0, place.radius ** 2 - (x - place.x) ** 2)) + 5;
  context.strokeStyle = palette.glow;
  context.lineWidth = 1.6;
  context.globalAlpha = 0.9 * (1 - share ** 4);
  context.beginPath();
  context.moveTo(x, place.y - half);
  context.lineTo(x, place.y + half);
  context.stroke();
  context.globalAlpha = 1;
}

function drawPulse(context: CanvasRenderingContext2D, pulse: Pulse, now: number, view: ViewBox): void {
  const size =
    (2.2 + Math.min(2.5, pulse.addresses.length * 0.25)) / Math.max(0.6, Math.min(1.6, view.scale));
  for (let piece = tail; piece >= 0; --piece) {
    const age = now - pulse.start - piece * tailMilliseconds;
    if (age < 0) continue;
    const { x, y } = placeOfPulse(pulse, age);
    context.globalAlpha = piece === 0 ? 1 : 0.55 * (1 - piece / (tail + 1));
    context.beginPath();
    context.arc(x, y, size * (1 - (0.6 * piece) / tail), 0, 2 * Math.PI);
    context.fill();
  }
}

function placeOfPulse({ curves, ends }: Pulse, age: number): { x: number; y: number } {
  let part = 0;
  while (part < curves.length - 1 && age > ends[part]!) ++part;
  const begin = part === 0 ? 0 : ends[part - 1]!;
  const share = Math.min(1, (age - begin) / (ends[part]! - begin));
  return pointOn(curves[part]!, share);
}
