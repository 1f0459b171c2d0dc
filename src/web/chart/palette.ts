import { themeColour } from '../theme.js';

const TEXT_SHARE = 0.82;

/** Colours of the canvas, read once a theme change. */
export interface Palette {
  /** Size of the canvas' text in CSS pixels: it follows the page's, which grows on a wall. */
  readonly textPx: number;
  readonly ink: string;
  readonly soft: string;
  readonly card: string;
  readonly grid: string;
  readonly future: string;
  readonly actual: string;
  readonly path: string;
  readonly band: string;
  readonly predicted: string;
  readonly predictedFill: string;
  readonly operator: string;
  readonly temperature: string;
  readonly mark: string;
  readonly weak: string;
  readonly weakBand: string;
}

export function readPalette(): Palette {
  return {
    textPx: Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * TEXT_SHARE),
    ink: themeColour('--ink'),
    soft: themeColour('--ink-soft'),
    card: themeColour('--card'),
    grid: themeColour('--data-grid'),
    future: themeColour('--data-future'),
    actual: themeColour('--data-actual'),
    path: themeColour('--data-path'),
    band: themeColour('--data-band'),
    predicted: themeColour('--data-predicted'),
    predictedFill: themeColour('--data-predicted-fill'),
    operator: themeColour('--data-operator'),
    temperature: themeColour('--data-temperature'),
    mark: themeColour('--data-mark'),
    weak: themeColour('--data-weak'),
    weakBand: themeColour('--data-weak-band'),
  };
}
