/** What this browser remembers. Storage may be forbidden: then nothing is remembered, and nothing breaks. */
const PREFIX = 'nowcast.';

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Private windows and full storage: the choice lasts as long as the page.
  }
}

/** The remembered choice, when it is one of the choices; else the first of them. */
export function recallChoice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
  const value = recall(name);
  return choices.find((choice) => choice === value) ?? choices[0];
}
