import { select } from 'd3-selection';
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom';

import type { ApiaryEvent } from '../daemon/event';
import type { Visitors } from '../daemon/interface';
import { wantsLittleMotion } from '../widgets/media';
import { Attacks } from './attacks';
import { type Point, cellUnder } from './comb';
import { drawAttacks } from './draw_attacks';
import { placeOnRim } from './draw_rim';
import { labelPlace } from './draw_labels';
import { type Chosen, drawMap } from './draw_map';
import type { Layout, Place } from './layout';
import type { NetworkModel } from './model';
import { type Palette, readPalette } from './palette';
import type { RimVisitor } from './rim';
import { type ViewBox, toWorld } from './view_box';

export interface Found {
  place: Place;
  /** -1: not on a cell. */
  cell: number;
  onLabel: boolean;
}

/** A frame per 33 ms is smooth enough for a glow, and leaves time for the rest of the page. */
const frameMilliseconds = 30;
const coolingMilliseconds = 500;
const stillMotionMilliseconds = 400;
/** Margins of the canvas, in pixels: the title is above, the ticker below. */
const margin = { top: 44, bottom: 42 };
const nearestByItself = 2.1;

/** The map on its two canvases: static parts below, moving parts above. */
export class Stage {
  readonly attacks = new Attacks(() => wantsLittleMotion.value);
  chosen: Chosen = { cell: -1 };
  private readonly map: CanvasRenderingContext2D;
  private readonly moving: CanvasRenderingContext2D;
  private readonly zoom: ZoomBehavior<HTMLCanvasElement, unknown>;
  private view: ViewBox = { x: 0, y: 0, scale: 1, width: 1, height: 1, density: 1 };
  private palette: Palette = readPalette();
  private layout?: Layout;
  private zoomedByHand = false;
  private isMapStale = false;
  private frame = 0;
  private timer = 0;
  private lastDrawn = 0;

  constructor(
    private readonly below: HTMLCanvasElement,
    private readonly above: HTMLCanvasElement,
  ) {
    this.map = below.getContext('2d')!;
    this.moving = above.getContext('2d')!;
    this.zoom = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([0.05, 12])
      .on('zoom', ({ transform, sourceEvent }: { transform: ZoomTransform; sourceEvent: unknown }) => {
        if (sourceEvent) this.zoomedByHand = true;
        this.view = { ...this.view, x: transform.x, y: transform.y, scale: transform.k };
        this.redraw();
      });
    select(above).call(this.zoom).on('dblclick.zoom', null);
  }

  close(): void {
    select(this.above).on('.zoom', null);
    cancelAnimationFrame(this.frame);
    clearTimeout(this.timer);
  }

  resize(width: number, height: number): void {
    const density = Math.min(2, devicePixelRatio || 1);
    this.view = { ...this.view, width, height, density };
    for (const canvas of [this.below, this.above]) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
    }
    if (!this.zoomedByHand) this.fit();
    this.redraw();
  }

  setLayout(model: NetworkModel, layout: Layout): void {
    this.layout = layout;
    this.attacks.moveTo(model, layout, performance.now());
    if (!this.zoomedByHand) this.fit();
    this.redraw();
  }

  recolour(): void {
    this.palette = readPalette();
    this.redraw();
  }

  choose(chosen: Chosen): void {
    this.chosen = chosen;
    this.redraw();
  }

  take(events: ApiaryEvent[]): void {
    const now = performance.now();
    for (const event of events) this.attacks.take(event, now);
    this.wake();
  }

  /** Shows the visitors of `back` minutes ago at the rim. */
  showVisitors(response: Visitors, back: number): void {
    this.attacks.rim.show(response, back);
    this.wake();
  }

  /** The visitor at a point of the screen. */
  findVisitor(point: Point): RimVisitor | undefined {
    const { layout } = this;
    if (!layout) return undefined;
    return this.attacks.rim.visitors.find((visitor) => {
      const at = placeOnRim(visitor, layout, this.view);
      const reach = layout.direction === 'across' ? 130 : 8;
      return point.x > at.x - reach && point.x < at.x + 8 && Math.abs(point.y - at.y) < 7;
    });
  }

  fit(): void {
    if (!this.layout) return;
    this.zoomedByHand = false;
    const { left, top, right, bottom } = this.layout.bounds;
    const width = this.view.width;
    const height = this.view.height - margin.top - margin.bottom;
    const scale = Math.min(width / (right - left), height / (bottom - top), nearestByItself);
    const transform = zoomIdentity
      .translate(
        width / 2 - (scale * (left + right)) / 2,
        margin.top + height / 2 - (scale * (top + bottom)) / 2,
      )
      .scale(scale);
    select(this.above).call(this.zoom.transform, transform);
  }

  zoomBy(factor: number): void {
    this.zoomedByHand = true;
    select(this.above).call(this.zoom.scaleBy, factor, [this.view.width / 2, this.view.height / 2]);
  }

  /** The part of the map at a point of the screen. */
  find(point: Point): Found | undefined {
    if (!this.layout) return undefined;
    const world = toWorld(point, this.view);
    for (const place of this.layout.places) {
      const distance = Math.hypot(place.x - world.x, place.y - world.y);
      if (place.kind === 'subnet') {
        const label = labelPlace(place, this.view);
        if (Math.abs(point.x - label.x) < 55 && point.y > label.y - 9 && point.y < label.y + 22)
          return { place, cell: -1, onLabel: true };
        if (distance > place.radius + 2) continue;
        const cell = cellUnder(
          { x: (world.x - place.x) / place.cell, y: (world.y - place.y) / place.cell },
          place.contents!.cells,
        );
        return { place, cell, onLabel: false };
      }
      if (place.kind !== 'outside' && distance < Math.max(place.radius + 3, 12 / this.view.scale))
        return { place, cell: -1, onLabel: false };
    }
    return undefined;
  }

  private redraw(): void {
    this.isMapStale = true;
    this.wake();
  }

  private wake(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.frame ||= requestAnimationFrame((now) => this.onFrame(now));
  }

  private onFrame(now: number): void {
    this.frame = 0;
    if (!this.layout) return;
    if (this.isMapStale) {
      this.isMapStale = false;
      drawMap(this.map, this.layout, this.view, this.palette, this.chosen);
    } else if (now - this.lastDrawn < frameMilliseconds) {
      return this.wake();
    }
    this.lastDrawn = now;
    const state = this.attacks.advance(now);
    drawAttacks(this.moving, this.attacks, this.layout, this.view, this.palette, now);
    if (state === 'moving' && !wantsLittleMotion.value) this.wake();
    else if (state !== 'still') {
      const pause = state === 'moving' ? stillMotionMilliseconds : coolingMilliseconds;
      this.timer ||= setTimeout(() => this.wake(), pause);
    }
  }
}
