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
    weather: file.weather ?? 'open-meteo',
    operatorForecasts: file.operatorForecasts ?? true,
    initialBackfillDays: file.initialBackfillDays ?? 60,
    contact: file.contact ?? 'no contact configured',
  };
}
