import { themeColour } from '../theme.js';

/** Colours of the canvas, read once a theme change. */
export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly card: string;
  readonly grid: string;
  readonly future: string;
  readonly actual: string;
  readonly path: string;
  readonly band: string;
  readonly predicted: string;
  readonly weak: string;
  readonly weakBand: string;
}

export function readPalette(): Palette {
  return {
    ink: themeColour('--ink'),
    soft: themeColour('--ink-soft'),
    card: themeColour('--card'),
    grid: themeColour('--data-grid'),
    future: themeColour('--data-future'),
    actual: themeColour('--data-actual'),
    path: themeColour('--data-path'),
    band: themeColour('--data-band'),
    predicted: themeColour('--data-predicted'),
    weak: themeColour('--data-weak'),
    weakBand: themeColour('--data-weak-band'),
  };
}
