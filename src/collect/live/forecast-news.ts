import type { ZoneForecast } from './place-list.js';

/** Knows the last path published of each zone. A run that says the same is no new run, nor is one without its first hours. */
export class ForecastNews {
  private readonly paths = new Map<string, string>();

  /** The forecasts that say something new. Call `note` once they are published. */
  among(forecasts: readonly ZoneForecast[]): ZoneForecast[] {
    // Without its opening bracket a shorter path ends a longer one exactly when it is its last part.
    return forecasts.filter(
      ({ value }) => this.paths.get(value.zone)?.endsWith(pathOf(value).slice(1)) !== true,
    );
  }

  note(forecasts: readonly ZoneForecast[]): void {
    for (const { value } of forecasts) this.paths.set(value.zone, pathOf(value));
  }
}

function pathOf({ points }: ZoneForecast['value']): string {
  return JSON.stringify(points);
}
