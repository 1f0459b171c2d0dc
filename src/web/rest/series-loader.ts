import { operatorOf, predictedOf, type ZoneSeries } from '../state/zone-series.js';
import type { RestClient } from './client.js';

/** A stretch of time, epoch ms: from inclusive, to exclusive. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How each series of a zone is fetched into place. Each returns how many points came. */
export const fetchSeries = {
  async demand(
    rest: RestClient,
    zone: string,
    { fromMs, toMs }: Span,
    series: ZoneSeries & { source?: string | null },
  ): Promise<number> {
    const { points } = await rest.demand(zone, fromMs, toMs);
    for (const { time, demandMw } of points) series.demand.set(Date.parse(time), demandMw);
    if ('source' in series) series.source ??= points.at(-1)?.source ?? null;
    return points.length;
  },

  async predicted(
    rest: RestClient,
    zone: string,
    { fromMs, toMs }: Span,
    series: ZoneSeries,
    horizonMinutes: number,
  ): Promise<number> {
    const { points } = await rest.history(zone, horizonMinutes, fromMs, toMs);
    const predicted = predictedOf(series, horizonMinutes);
    for (const { time, mw, p10, p90, modelVersion } of points) {
      if (mw !== null) predicted.set(Date.parse(time), { mw, p10, p90, modelVersion: modelVersion ?? '' });
    }
    return points.length;
  },

  async temperature(
    rest: RestClient,
    zone: string,
    { fromMs, toMs }: Span,
    series: ZoneSeries,
  ): Promise<number> {
    const { points } = await rest.weather(zone, fromMs, toMs);
    for (const { time, temperatureC } of points) {
      if (temperatureC !== undefined) series.temperatureC.set(Date.parse(time), temperatureC);
    }
    return points.length;
  },

  async operator(
    rest: RestClient,
    zone: string,
    { fromMs, toMs }: Span,
    series: ZoneSeries,
  ): Promise<number> {
    const { forecasts } = await rest.forecasts(zone, fromMs, toMs);
    for (const { product, points } of forecasts) {
      const held = operatorOf(series, product);
      for (const { time, demandMw, availableAt } of points) {
        held.set(Date.parse(time), { mw: demandMw, availableAtMs: Date.parse(availableAt) });
      }
    }
    return forecasts.length;
  },
} as const;
