/** The record of every topic, by topic name: the one place that says which type travels where. */
import type { Accuracy } from './generated/accuracy.js';
import type { Alert } from './generated/alert.js';
import type { AuditEntry } from './generated/audit.js';
import type { DeadLetter } from './generated/dead-letter.js';
import type { DemandForecast } from './generated/demand-forecast.js';
import type { DemandObservation } from './generated/demand-observed.js';
import type { ModelRecord } from './generated/model.js';
import type { Nowcast } from './generated/nowcast.js';
import type { QualityEvent } from './generated/quality-event.js';
import type { QualitySummary } from './generated/quality-summary.js';
import type { SupplyForecast } from './generated/supply-forecast.js';
import type { SupplyObservation } from './generated/supply-observed.js';
import type { TrainingRequest } from './generated/training-request.js';
import type { TrainingRun } from './generated/training-run.js';
import type { WeatherForecast } from './generated/weather-forecast.js';
import type { WeatherObservation } from './generated/weather-observed.js';

export interface TopicRecords {
  'demand.observed': DemandObservation;
  'demand.forecast': DemandForecast;
  'supply.observed': SupplyObservation;
  'supply.forecast': SupplyForecast;
  'weather.observed': WeatherObservation;
  'weather.forecast': WeatherForecast;
  nowcasts: Nowcast;
  accuracy: Accuracy;
  alerts: Alert;
  'quality.events': QualityEvent;
  'quality.summaries': QualitySummary;
  models: ModelRecord;
  'training.requests': TrainingRequest;
  'training.runs': TrainingRun;
  'dead-letters': DeadLetter;
  audit: AuditEntry;
}

export type TopicName = keyof TopicRecords;

export type {
  Accuracy,
  Alert,
  AuditEntry,
  DeadLetter,
  DemandForecast,
  DemandObservation,
  ModelRecord,
  Nowcast,
  QualityEvent,
  QualitySummary,
  SupplyForecast,
  SupplyObservation,
  TrainingRequest,
  TrainingRun,
  WeatherForecast,
  WeatherObservation,
};
export type NowcastStep = Nowcast['steps'][number];
export type ModelManifest = ModelRecord['manifest'];
