import { InvalidArgumentError } from 'commander';

export function parseFuture(text: string): 'none' | 'perfect' {
  if (text === 'none' || text === 'perfect') return text;
  throw new InvalidArgumentError('expected none or perfect.');
}

export function parseHorizons(text: string): number[] {
  const horizons = [...new Set(text.split(',').map(Number))];
  if (horizons.every((minutes) => Number.isInteger(minutes) && minutes > 0))
    return horizons.sort((a, b) => a - b);
  throw new InvalidArgumentError('expected minutes separated by commas, for example 5,15,60.');
}

export function parseNames(text: string): string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  if (names.every((name) => name !== '')) return names;
  throw new InvalidArgumentError('expected names of zones separated by commas.');
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('expected a whole number above 0.');
}
