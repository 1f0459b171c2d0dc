/** What a client wants of the feed. */
export interface FeedSelection {
  /** Zone identifiers, or `['*']` for all, also those that appear later. At least one. */
  readonly zones: readonly string[];
  /** Only these horizons, minutes. Absent: all. */
  readonly horizonsMinutes?: readonly number[];
}

export const EVERYTHING: FeedSelection = { zones: ['*'] };

/**
 * @returns the selection
 * @throws TypeError when it selects nothing: the server would refuse it
 */
export function checkedSelection(selection: FeedSelection): FeedSelection {
  if (selection.zones.length === 0) throw new TypeError("zones is empty; name zones, or ['*'] for all");
  if (selection.horizonsMinutes?.length === 0) {
    throw new TypeError('horizonsMinutes is empty; name horizons in minutes, or leave it out for all');
  }
  return selection;
}
