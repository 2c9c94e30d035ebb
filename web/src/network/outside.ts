import type { Point } from './comb';
import type { Layout } from './layout';
import type { Palette } from './palette';

/** The rim of the outside: the arc where attacks start. */
const outsideArc = { radius: 170, halfAngle: 0.52 };

/** A point of the rim; `share` goes from one end of it, 0, to the other, 1. */
export function pointOfOutside({ outside, direction }: Layout, share: number): Point {
  const angle = (share - 0.5) * 2 * outsideArc.halfAngle;
  const along = Math.sin(angle) * outsideArc.radius;
  const depth = outsideArc.radius * (1 - Math.cos(angle));
  return direction === 'across'
    ? { x: outside.x + depth, y: outside.y + along }
    : { x: outside.x + along, y: outside.y + depth };
}

export function drawOutside(
  context: CanvasRenderingContext2D,
  { outside, direction }: Layout,
  palette: Palette,
): void {
  context.beginPath();
  const middle = direction === 'across' ? Math.PI : -Math.PI / 2;
  const centre =
    direction === 'across'
      ? { x: outside.x + outsideArc.radius, y: outside.y }
      : { x: outside.x, y: outside.y + outsideArc.radius };
  context.arc(
    centre.x,
    centre.y,
    outsideArc.radius,
    middle - outsideArc.halfAngle,
    middle + outsideArc.halfAngle,
  );
  context.lineWidth = 5;
  context.lineCap = 'round';
  context.strokeStyle = palette.line;
  context.stroke();
  context.lineCap = 'butt';
}
