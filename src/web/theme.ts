import { setAttribute, setText } from './dom.js';
import { recallChoice, remember } from './preferences.js';

type Theme = 'auto' | 'light' | 'dark';
const THEMES: readonly [Theme, ...Theme[]] = ['auto', 'light', 'dark'];
const LABELS: Readonly<Record<Theme, string>> = { auto: 'Auto', light: 'Light', dark: 'Dark' };
const ICONS: Readonly<Record<Theme, string>> = { auto: '◐', light: '☀', dark: '☾' };

/** Wires the theme button: auto (as the system says), light, dark; remembered. Calls back after each change. */
export function startTheme(button: HTMLElement, onChange: () => void): void {
  let theme = recallChoice('theme', THEMES);
  const icon = button.querySelector('.icon');
  const label = button.querySelector('.label');
  const show = (): void => {
    setAttribute(document.documentElement, 'data-theme', theme === 'auto' ? null : theme);
    if (icon !== null) setText(icon, ICONS[theme]);
    if (label !== null) setText(label, LABELS[theme]);
    setAttribute(button, 'aria-label', `Theme: ${LABELS[theme]}. Change theme`);
    onChange();
  };
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    remember('theme', theme);
    show();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
  show();
}

/** A colour of the current theme as the canvas needs it. */
export function themeColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
