import { colourOf } from '../shell/theme';

/** The colours of the style sheet, for a canvas. */
export interface Palette {
  line: string;
  surface: string;
  text: string;
  muted: string;
  honey: string;
  fill: string;
  glow: string;
  bad: string;
  /** Shades of cells, one per template, repeating. */
  shades: string[];
  font: string;
}

export function readPalette(): Palette {
  return {
    line: colourOf('--map-line'),
    surface: colourOf('--ground'),
    text: colourOf('--text'),
    muted: colourOf('--muted'),
    honey: colourOf('--honey'),
    fill: colourOf('--honey-fill'),
    glow: colourOf('--glow'),
    bad: colourOf('--bad'),
    shades: ['--shade-1', '--shade-2', '--shade-3', '--shade-4'].map(colourOf),
    font: getComputedStyle(document.body).fontFamily,
  };
}
