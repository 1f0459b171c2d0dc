import type { ConfigFile } from '../contracts/generated/config.js';

type SourcesFile = NonNullable<ConfigFile['sources']>;

/** How live data are collected. */
export type SourceSettings = Readonly<Required<SourcesFile>>;

/**
 * The settings of a configuration file, completed with the defaults; the schema has checked the values.
 * @param enabled what the environment says, if anything
 */
export function sourceSettings(file: SourcesFile = {}, enabled?: boolean): SourceSettings {
  return {
    enabled: enabled ?? file.enabled ?? true,
    caisoOasisUrl: file.caisoOasisUrl ?? 'https://oasis.caiso.com',
    caisoOutlookUrl: file.caisoOutlookUrl ?? 'https://www.caiso.com',
    openMeteoUrl: file.openMeteoUrl ?? 'https://api.open-meteo.com',
    openMeteoArchiveUrl: file.openMeteoArchiveUrl ?? 'https://archive-api.open-meteo.com',
    openMeteoHistoricalForecastUrl:
      file.openMeteoHistoricalForecastUrl ?? 'https://historical-forecast-api.open-meteo.com',
    openMeteoPreviousRunsUrl: file.openMeteoPreviousRunsUrl ?? 'https://previous-runs-api.open-meteo.com',
    nwsUrl: file.nwsUrl ?? 'https://api.weather.gov',
    weather: file.weather ?? 'open-meteo',
    weatherStandby: file.weatherStandby ?? 'nws',
    operatorForecasts: file.operatorForecasts ?? true,
    supply: file.supply ?? true,
    pauseScale: file.pauseScale ?? 1,
    initialBackfillDays: file.initialBackfillDays ?? 60,
    contact: file.contact ?? 'no contact configured',
  };
}
