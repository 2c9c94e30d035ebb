import { addHexagon, cellAt } from './comb';
import { curveBetween, nearSide } from './curve';
import type { Layout, Place } from './layout';
import { drawLabels } from './draw_labels';
import { drawOutside } from './outside';
import type { Palette } from './palette';
import { type ViewBox, beginDrawing, isSeen } from './view_box';

export interface Chosen {
  place?: Place;
  cell: number;
}

const entireCircle = 2 * Math.PI;

/** Draws the static parts: lines, routers, combs, names. Only after changes, not each frame. */
export function drawMap(
  context: CanvasRenderingContext2D,
  layout: Layout,
  view: ViewBox,
  palette: Palette,
  chosen: Chosen,
): void {
  beginDrawing(context, view);
  drawLines(context, layout, palette);
  for (const place of layout.places) {
    if (!isSeen(place, place.radius + 4, view)) continue;
    if (place.kind === 'subnet') drawComb(context, place, view, palette);
    else if (place.kind !== 'outside') drawNode(context, place, palette);
  }
  drawOutside(context, layout, palette);
  if (chosen.place) drawChosen(context, chosen.place, chosen.cell, palette);
  drawLabels(context, layout, view, palette);
}

function drawLines(context: CanvasRenderingContext2D, layout: Layout, palette: Palette): void {
  context.strokeStyle = palette.line;
  for (const place of layout.places) {
    if (!place.from) continue;
    const { start, startControl, endControl, end } = curveBetween(
      place.from,
      nearSide(place, layout.direction),
      layout.direction,
    );
    context.lineWidth = place.kind === 'router' ? 2 : 1.2;
    context.setLineDash(place.kind === 'tunnel' || place.subnet?.reached === false ? [4, 4] : []);
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.bezierCurveTo(startControl.x, startControl.y, endControl.x, endControl.y, end.x, end.y);
    context.stroke();
  }
  context.setLineDash([]);
}

function drawNode(context: CanvasRenderingContext2D, { kind, x, y, radius }: Place, palette: Palette): void {
  context.beginPath();
  context.arc(x, y, radius, 0, entireCircle);
  context.fillStyle = palette.surface;
  context.fill();
  context.strokeStyle = kind === 'router' ? palette.text : palette.muted;
  context.lineWidth = 1.6;
  context.setLineDash(kind === 'tunnel' ? [3, 3] : []);
  context.stroke();
  context.setLineDash([]);
  if (kind !== 'router') return;
  const [inner, outer] = [radius * 0.22, radius * 0.62]; // the arrows of the router symbol
  context.lineWidth = 1.4;
  context.beginPath();
  for (const [dx, dy] of [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ] as const) {
    context.moveTo(x + dx * inner, y + dy * inner);
    context.lineTo(x + dx * outer, y + dy * outer);
    context.moveTo(x + dx * outer + (dy - dx) * 2.4, y + dy * outer + (dx - dy) * 2.4);
    context.lineTo(x + dx * outer, y + dy * outer);
    context.lineTo(x + dx * outer - (dy + dx) * 2.4, y + dy * outer - (dx + dy) * 2.4);
  }
  context.stroke();
}

function drawComb(context: CanvasRenderingContext2D, place: Place, view: ViewBox, palette: Palette): void {
  const { contents, cell, x, y } = place;
  if (!contents) return;
  const shades: Path2D[] = palette.shades.map(() => new Path2D());
  const radius = cell * (contents.kind === 'folded' ? 0.98 : 0.86);
  const templates = shadesOf(place);
  for (let index = 0; index < contents.cells; ++index) {
    const at = cellAt(index);
    const centre = { x: x + at.x * cell, y: y + at.y * cell };
    if (contents.cells > 200 && !isSeen(centre, cell, view)) continue;
    addHexagon(shades[templates(index) % shades.length]!, centre.x, centre.y, radius);
  }
  context.globalAlpha = place.subnet!.reached ? 1 : 0.5;
  shades.forEach((path, shade) => {
    context.fillStyle = palette.shades[shade]!;
    context.fill(path);
  });
  context.globalAlpha = 1;
}

/** The shade of each cell: by template if the hosts are known, else a mix. */
function shadesOf({ contents, subnet }: Place): (cell: number) => number {
  const templates = Object.entries(subnet!.templates)
    .sort((one, other) => other[1] - one[1])
    .map(([name]) => name);
  if (contents!.kind === 'hosts') {
    const { hosts } = contents!;
    return (cell) => (hosts[cell] ? Math.max(0, templates.indexOf(hosts[cell].template)) : 0);
  }
  return () => 0;
}

function drawChosen(context: CanvasRenderingContext2D, place: Place, cell: number, palette: Palette): void {
  context.strokeStyle = palette.honey;
  context.lineWidth = 2;
  context.beginPath();
  if (place.kind === 'subnet' && cell >= 0) {
    const at = cellAt(cell);
    addHexagon(context, place.x + at.x * place.cell, place.y + at.y * place.cell, place.cell + 0.5);
  } else {
    context.arc(place.x, place.y, place.radius + (place.kind === 'subnet' ? 1 : 4), 0, entireCircle);
  }
  context.stroke();
}
