import { count } from '../widgets/format';
import type { Point } from './comb';
import type { Layout } from './layout';
import { pointOfOutside } from './outside';
import type { Palette } from './palette';
import { type Rim, type RimVisitor, flashOf, shareOfSlot } from './rim';
import { type ViewBox, inScreenUnits, toScreen } from './view_box';

const lineHeight = 13;

/** The position of a visitor on the screen. */
export const placeOnRim = ({ slot }: RimVisitor, layout: Layout, view: ViewBox): Point =>
  toScreen(pointOfOutside(layout, shareOfSlot(slot)), view);

/** Draws the visitors of the last hour with their counts; brighter while they are active. */
export function drawRim(
  context: CanvasRenderingContext2D,
  rim: Rim,
  layout: Layout,
  view: ViewBox,
  palette: Palette,
  now: number,
): void {
  inScreenUnits(context, view);
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  const named = namedVisitors(rim, layout, view);
  for (const visitor of rim.visitors) {
    const at = placeOnRim(visitor, layout, view);
    const flash = rim.isPast ? 0 : flashOf(visitor, now);
    context.globalAlpha = visitor.isActive ? 1 : 0.5;
    context.fillStyle = visitor.isActive ? palette.glow : palette.muted;
    context.beginPath();
    context.arc(at.x, at.y, 3 + 2 * flash, 0, 2 * Math.PI);
    context.fill();
    if (named.has(visitor)) drawName(context, visitor, at, layout, palette, flash);
  }
  context.globalAlpha = 1;
  if (rim.others > 0) drawOthers(context, rim.others, layout, view, palette);
}

/** As many as fit, those with most events first. */
function namedVisitors(rim: Rim, layout: Layout, view: ViewBox): Set<RimVisitor> {
  const named: RimVisitor[] = [];
  for (const visitor of rim.visitors) {
    const { y } = placeOnRim(visitor, layout, view);
    const isFree = named.every((other) => {
      const there = placeOnRim(other, layout, view);
      return Math.abs(there.y - y) >= lineHeight;
    });
    const hasRoom = layout.direction === 'across' ? isFree : named.length === 0 && isLeft(visitor);
    if (hasRoom) named.push(visitor);
  }
  return new Set(named);
}

/** If the rim is above the network, there is room for one name to its left. */
const isLeft = ({ slot }: RimVisitor) => shareOfSlot(slot) < 0.5;

function drawName(
  context: CanvasRenderingContext2D,
  visitor: RimVisitor,
  at: Point,
  layout: Layout,
  palette: Palette,
  flash: number,
): void {
  const text = `${visitor.address}  ${count(visitor.events)}`;
  context.font = `${flash > 0 ? '600 ' : ''}11px ${palette.font}`;
  const x = at.x - 10;
  const y = layout.direction === 'across' ? at.y : at.y + 2;
  context.textAlign = 'right';
  context.strokeStyle = palette.surface;
  context.lineWidth = 3;
  context.strokeText(text, x, y);
  context.fillStyle = flash > 0 ? palette.honey : visitor.isActive ? palette.text : palette.muted;
  context.fillText(text, x, y);
}

function drawOthers(
  context: CanvasRenderingContext2D,
  others: number,
  layout: Layout,
  view: ViewBox,
  palette: Palette,
): void {
  if (layout.direction === 'down') return; // the list beside the map shows it
  const at = toScreen(pointOfOutside(layout, 1), view);
  context.font = `11px ${palette.font}`;
  context.textAlign = 'right';
  context.fillStyle = palette.muted;
  context.fillText(`and ${count(others)} more`, at.x - 10, at.y + 18);
}
