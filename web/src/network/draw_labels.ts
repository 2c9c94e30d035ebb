import { count } from '../widgets/format';
import { networkText } from './address';
import type { Point } from './comb';
import { curveBetween, pointOn } from './curve';
import type { Layout, Place } from './layout';
import { pointOfOutside } from './outside';
import type { Palette } from './palette';
import { type ViewBox, inScreenUnits, toScreen } from './view_box';

interface Label {
  text: string;
  x: number;
  y: number;
  align: CanvasTextAlign;
  strong: boolean;
  /** Left out first if there is no room. */
  faint?: boolean;
}

/** Draws names in one size at any zoom. Leaves out what has no room, links first. */
export function drawLabels(
  context: CanvasRenderingContext2D,
  layout: Layout,
  view: ViewBox,
  palette: Palette,
): void {
  inScreenUnits(context, view);
  const labels = [
    ...layout.places.flatMap((place) => labelsOf(place, layout, view)),
    ...layout.places.flatMap((place) => linkLabel(place, layout, view)),
  ];
  const taken: { left: number; top: number; right: number; bottom: number }[] = [];
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (const { text, x, y, align, strong, faint } of labels) {
    if (x < -80 || y < -20 || x > view.width + 80 || y > view.height + 20) continue;
    context.font = `${strong ? '600 ' : ''}${faint ? 11 : 12}px ${palette.font}`;
    context.textAlign = align;
    const width = context.measureText(text).width;
    const left = align === 'left' ? x : align === 'right' ? x - width : x - width / 2;
    const box = { left: left - 3, top: y - 6.5, right: left + width + 3, bottom: y + 6.5 };
    if (
      taken.some(
        (other) =>
          box.left < other.right &&
          other.left < box.right &&
          box.top < other.bottom &&
          other.top < box.bottom,
      )
    )
      continue;
    taken.push(box);
    context.strokeStyle = palette.surface;
    context.lineWidth = 4;
    context.strokeText(text, x, y);
    context.fillStyle = strong ? palette.text : palette.muted;
    context.fillText(text, x, y);
  }
}

export function nameOfSubnet(place: Place): string {
  const { subnet, contents } = place;
  if (contents && contents.kind !== 'folded' && contents.within.length !== subnet!.network.length)
    return `‹ ${networkText(contents.within)}`;
  return subnet!.name;
}

/** The position of a subnet's name on the screen; a click on it folds or unfolds. */
export function labelPlace(place: Place, view: ViewBox): { x: number; y: number } {
  const at = toScreen(place, view);
  return { x: at.x, y: at.y + place.radius * view.scale + 12 };
}

function labelsOf(place: Place, layout: Layout, view: ViewBox): Label[] {
  const at = toScreen(place, view);
  const reach = place.radius * view.scale;
  switch (place.kind) {
    case 'outside':
      return [
        layout.direction === 'across'
          ? { ...topOfRim(layout, view), text: 'outside', align: 'right', strong: false }
          : { text: 'outside', x: at.x, y: at.y - 14, align: 'center', strong: false },
      ];
    case 'router': {
      const { address, kind } = place.router!.data;
      const below = { x: at.x, y: at.y + reach + 11, align: 'center' as const };
      return [
        { ...below, text: address, strong: true },
        ...(kind ? [{ ...below, y: below.y + 14, text: kind, strong: false, faint: true }] : []),
      ];
    }
    case 'tunnel':
      return layout.direction === 'across'
        ? [
            {
              text: place.tunnel!.name,
              x: at.x + reach + 6,
              y: at.y,
              align: 'left',
              strong: false,
              faint: true,
            },
          ]
        : [
            {
              text: place.tunnel!.name.replace(/^.* to /, 'to '),
              x: at.x,
              y: at.y + reach + 10,
              align: 'center',
              strong: false,
              faint: true,
            },
          ];
    case 'subnet': {
      const under = labelPlace(place, view);
      const hosts = place.contents?.kind === 'hosts' ? place.contents.hosts.length : place.subnet!.hosts;
      return [
        { text: nameOfSubnet(place), ...under, align: 'center', strong: false },
        {
          text: `${count(hosts)} host${hosts === 1 ? '' : 's'}`,
          x: under.x,
          y: under.y + 14,
          align: 'center',
          strong: false,
          faint: true,
        },
      ];
    }
  }
}

/** Above the visitors, which are beside the rim. */
function topOfRim(layout: Layout, view: ViewBox): Point {
  const { x, y } = toScreen(pointOfOutside(layout, 0), view);
  return { x: x - 10, y: y - 18 };
}

function linkLabel(place: Place, layout: Layout, view: ViewBox): Label[] {
  const text = place.router?.quality;
  if (!text || !place.from) return [];
  const at = toScreen(pointOn(curveBetween(place.from, place, layout.direction), 0.5), view);
  return [{ text, x: at.x, y: at.y, align: 'center', strong: false, faint: true }];
}
