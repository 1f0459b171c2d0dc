import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../src/web/styles/tokens.css', import.meta.url), 'utf8');
const LIGHT = block(':root');
const DARK = block(":root[data-theme='dark']");
const DARK_OF_SYSTEM = block(":root:not([data-theme='light'])");

/** Custom properties of the rule with this selector. */
function block(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return new Map(
    [...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
}

/** Relative luminance after WCAG 2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(theme: Map<string, string>, one: string, other: string): number {
  const [low, high] = [luminance(theme.get(one) ?? ''), luminance(theme.get(other) ?? '')].sort(
    (a, b) => a - b,
  );
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

const TEXT: readonly [string, string][] = [
  ['--ink', '--card'],
  ['--ink', '--page'],
  ['--ink-soft', '--card'],
  ['--ink-soft', '--page'],
  ['--accent', '--card'],
  ['--good', '--good-bg'],
  ['--good', '--card'],
  ['--warn', '--warn-bg'],
  ['--bad', '--bad-bg'],
  ['--neutral', '--neutral-bg'],
  ['--sim-ink', '--sim-bg'],
  ['--sim-ink', '--sim-stripe'],
];
const FUELS = [...LIGHT.keys()].filter((name) => name.startsWith('--fuel-'));
const GRAPHICS = [
  ...FUELS,
  '--data-actual',
  '--data-path',
  '--data-predicted',
  '--data-operator',
  '--data-temperature',
  '--data-mark',
  '--data-weak',
  '--focus',
  '--line-strong',
];

describe.each([
  ['light', LIGHT],
  ['dark', DARK],
])('colours of the %s theme', (_name, theme) => {
  it.each(TEXT)('text %s on %s reads well (WCAG AA)', (text, background) => {
    expect(contrast(theme, text, background)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(GRAPHICS)('%s stands out from the card (WCAG AA for graphics)', (colour) => {
    expect(contrast(theme, colour, '--card')).toBeGreaterThanOrEqual(3);
  });
});

it('the dark theme of the system and the chosen one are the same', () => {
  expect(DARK.size).toBeGreaterThan(20);
  expect(FUELS).toHaveLength(13);
  expect(DARK_OF_SYSTEM).toEqual(DARK);
});
