import type { Point } from './comb';

/** The visible part of the map: the transformation from world to screen. */
export interface ViewBox {
  x: number;
  y: number;
  scale: number;
  width: number;
  height: number;
  /** Device pixels per CSS pixel. */
  density: number;
}

export const toScreen = ({ x, y }: Point, view: ViewBox): Point => ({
  x: x * view.scale + view.x,
  y: y * view.scale + view.y,
});
export const toWorld = ({ x, y }: Point, view: ViewBox): Point => ({
  x: (x - view.x) / view.scale,
  y: (y - view.y) / view.scale,
});

export function isSeen({ x, y }: Point, radius: number, view: ViewBox): boolean {
  const at = toScreen({ x, y }, view);
  const reach = radius * view.scale;
  return at.x + reach > 0 && at.y + reach > 0 && at.x - reach < view.width && at.y - reach < view.height;
}

/** Clears a canvas and sets its units to those of the world. */
export function beginDrawing(context: CanvasRenderingContext2D, view: ViewBox): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  const scale = view.scale * view.density;
  context.setTransform(scale, 0, 0, scale, view.x * view.density, view.y * view.density);
}

export function inScreenUnits(context: CanvasRenderingContext2D, view: ViewBox): void {
  context.setTransform(view.density, 0, 0, view.density, 0, 0);
}
