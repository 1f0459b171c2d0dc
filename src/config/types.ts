import type { AlertLimits } from '../accuracy/alert-limits.js';
import type { AccuracySettings } from '../accuracy/settings.js';
import type { QualitySettings } from '../quality/settings.js';
import type { ConfigFile } from '../contracts/generated/config.js';
import type { BandSettings } from './band-settings.js';
import type { AuthSettings } from './auth-settings.js';
import type { HttpSettings } from './http-settings.js';
import type { SourceSettings } from './source-settings.js';
import type { WebhookSettings } from './webhook-settings.js';
import type { TrainingSettings } from './training-settings.js';
import type { GateThresholds } from '../train/gate-thresholds.js';

export type ZoneConfig = NonNullable<ConfigFile['zones']>[number];

/** The whole configuration of a process: validated, complete, frozen. */
export interface RuntimeConfig {
  readonly zones: readonly ZoneConfig[];
  readonly dataDir: string;
  readonly log: 'embedded' | 'kafka';
  readonly history: 'embedded' | 'influx';
  readonly http: HttpSettings;
  readonly auth: AuthSettings;
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly schemaRegistryUrl: string;
    readonly topicPrefix: string;
    readonly clientId: string;
  };
  readonly influx: { readonly url: string; readonly database: string };
  /** Beyond which alerts are raised; a zone's own `alerts` stand above them. */
  readonly alerts: AlertLimits;
  readonly training: TrainingSettings;
  readonly accuracy: AccuracySettings;
  /** What the bands of nowcasts hold; a zone's own `bands` stand above them. */
  readonly bands: BandSettings;
  /** What a new model must keep; a zone's own `gate` stands above it. */
  readonly gate: GateThresholds;
  /** What the data quality rules allow; a zone's own `quality` stands above it. */
  readonly quality: QualitySettings;
  readonly sources: SourceSettings;
  readonly webhooks: WebhookSettings;
  /** Model signing: absent means keys in the data directory, created at first use. */
  readonly signing: { readonly privateKeyPem?: string; readonly publicKeysPem: readonly string[] };
  /** A key with scope admin beside those of the key file. */
  readonly admin: { readonly key?: string };
  readonly logLevel: string;
}

/** What the command line may override. */
export interface ConfigOverrides {
  readonly config?: string;
  readonly envFile?: string;
  readonly dataDir?: string;
  readonly log?: string;
  readonly history?: string;
  readonly host?: string;
  readonly port?: number;
}
