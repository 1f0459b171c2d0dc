/* Generated from schemas/ by scripts/generate-types.mjs. Do not edit. */

/**
 * The configuration file. Every value has a default; secrets come from the environment or files only.
 */
export interface ConfigFile {
  /**
   * Zones.
   */
  zones?: {
    /**
     * Zone identifier, the Kafka key, for example CA ISO-TAC.
     */
    zone: string;
    /**
     * Shown to people.
     */
    name?: string;
    /**
     * IANA time zone.
     */
    timeZone?: string;
    /**
     * Step of the demand series.
     */
    stepMinutes?: number;
    /**
     * Country or country-region for date-holidays, for example US-CA; empty for none.
     */
    holidays?: string;
    /**
     * Override of the default horizons.
     *
     * @minItems 1
     * @maxItems 512
     */
    horizonsMinutes?: [number, ...number[]];
    limits?: {
      /**
       * Lowest believable demand.
       */
      minMw?: number;
      /**
       * Highest believable demand.
       */
      maxMw?: number;
      /**
       * Fastest believable ramp.
       */
      maxRampMwPerHour?: number;
    };
    /**
     * Demand older than this is late.
     */
    lateAfterMinutes?: number;
    /**
     * Weather points, weighted.
     */
    weatherPoints?: {
      /**
       * Place.
       */
      name: string;
      latitude: number;
      longitude: number;
      /**
       * Population weight.
       */
      weight: number;
    }[];
    /**
     * What a new model of this zone must keep, where it differs from the top-level gate.
     */
    gate?: {
      /**
       * Largest MAPE at horizons up to mapeHorizonMinutes, percent.
       */
      mapePercent?: number;
      /**
       * The MAPE limit holds up to this horizon.
       */
      mapeHorizonMinutes?: number;
      /**
       * Worse than the champion with a one-sided p-value below this is worse beyond noise.
       */
      significance?: number;
      /**
       * Fewer days than this are a short history: no test by day.
       */
      minDays?: number;
      /**
       * Largest mean error in either direction, percent of the mean absolute error.
       */
      biasSharePercent?: number;
      /**
       * Least share of actuals inside p10 .. p90, percent.
       */
      coverageMinPercent?: number;
      /**
       * Largest share of actuals inside p10 .. p90, percent.
       */
      coverageMaxPercent?: number;
    };
    /**
     * Alert limits of this zone, where they differ from the top-level alerts.
     */
    alerts?: {
      /**
       * MAPE over 24 h above this is an alert, percent.
       */
      mapePercent?: number;
      /**
       * The MAPE limit holds up to this horizon.
       */
      mapeHorizonMinutes?: number;
      /**
       * Coverage of the 80 % band over 7 d below this, and beyond chance, is an alert, percent.
       */
      coverageMinPercent?: number;
      /**
       * Coverage of the 80 % band over 7 d above this, and beyond chance, is an alert, percent.
       */
      coverageMaxPercent?: number;
      /**
       * A mean error over 24 h or 7 d above this share of mean demand in either direction, and beyond chance, is an alert, percent.
       */
      biasPercent?: number;
      /**
       * A lasting change of the errors up to this is no drift, in their long-run standard deviations.
       */
      driftAllowance?: number;
      /**
       * Sum of what exceeds the allowance, block by block, at which errors count as drifted, in standard deviations: larger is later and raises fewer false alarms.
       */
      driftLimit?: number;
    };
    /**
     * Bands of this zone, where they differ from the top-level bands.
     */
    bands?: {
      /**
       * Quantiles of each step beside 0.1, 0.5 and 0.9: ascending, in steps of 0.001.
       *
       * @maxItems 8
       */
      quantiles?:
        | []
        | [number]
        | [number, number]
        | [number, number, number]
        | [number, number, number, number]
        | [number, number, number, number, number]
        | [number, number, number, number, number, number]
        | [number, number, number, number, number, number, number]
        | [number, number, number, number, number, number, number, number];
    };
    /**
     * Where the zone's demand is collected; without it the zone is filled by import or by another producer.
     */
    source?: {
      /**
       * Which collector fills the zone.
       */
      kind: 'caiso-outlook' | 'caiso-oasis' | 'csv';
      /**
       * caiso-oasis: the TAC area, when it is not the zone's own name.
       */
      resource?: string;
      /**
       * csv: where the CSV (zone,time,mw) is.
       */
      url?: string;
      /**
       * csv: how often it is asked for; the zone's step by default.
       */
      everyMinutes?: number;
    };
    /**
     * What the data quality rules allow in this zone, where it differs from the top-level quality.
     */
    quality?: {
      /**
       * Codes of rules that do not judge.
       *
       * @maxItems 64
       */
      off?: string[];
      /**
       * Spike: how far a value may be from every expectation at a step of 5 minutes, percent of the level.
       */
      spikePercent?: number;
      /**
       * Spike: no jump below this many times what the series has lately done is one.
       */
      spikeRoughnessFactor?: number;
      /**
       * A jump that lasts this long is believed.
       */
      newLevelMinutes?: number;
      /**
       * Ramp: quarantined beyond this many times the steepest ramp of the last ten days.
       */
      rampFactor?: number;
      /**
       * Frozen: the same value for longer than this.
       */
      frozenMinutes?: number;
      /**
       * Frozen: and longer than this many times the usual longest run of a day.
       */
      frozenFactor?: number;
      /**
       * Gap: an interval still missing this long after its end.
       */
      gapMinutes?: number;
      /**
       * Unit: values off by a factor of a thousand are held back for this long at most.
       */
      unitHoldHours?: number;
      /**
       * Wrong resource: a jump to this many times beyond the lowest or highest of the last ten days.
       */
      wrongResourceFactor?: number;
      /**
       * Wrong resource: held back for this long at most.
       */
      wrongResourceHoldHours?: number;
      /**
       * Disagreement: two sources may differ by this, percent.
       */
      disagreementPercent?: number;
      /**
       * Distribution: Kolmogorov-Smirnov distance to the same hours of the past two weeks.
       */
      distributionDistance?: number;
      /**
       * Distribution: and this much above or below them, percent of the median.
       */
      distributionShiftPercent?: number;
      /**
       * Alert: more than this share of the last 24 hours' values quarantined, percent.
       */
      alertQuarantinedPercent?: number;
      /**
       * Alert: a gap longer than this in the last 24 hours.
       */
      alertGapMinutes?: number;
      /**
       * Alert: no observed weather for this long, where a zone has any.
       */
      alertWeatherSilentMinutes?: number;
    };
  }[];
  /**
   * Where the embedded log and history live.
   */
  dataDir?: string;
  log?: 'embedded' | 'kafka';
  history?: 'embedded' | 'influx';
  http?: {
    /**
     * Address to bind.
     */
    host?: string;
    port?: number;
    /**
     * Origins of pages elsewhere that may read the API and open the feed; the same origin always may.
     */
    allowedOrigins?: string[];
    /**
     * Origins of pages that may open the feed, when they are not the same as allowedOrigins.
     */
    feedOrigins?: string[];
    /**
     * Proxies whose X-Forwarded-For is believed; none by default.
     */
    trustedProxies?: string[];
    /**
     * Calls a minute of one address without an accepted key. Default 1200.
     */
    requestsPerMinutePerAddress?: number;
    /**
     * Calls a minute of one key or token subject. Default 6000.
     */
    requestsPerMinutePerKey?: number;
    /**
     * Serve HTTPS with this certificate; it is read again when it is renewed.
     */
    tls?: {
      /**
       * Certificate chain, PEM.
       */
      certFile: string;
      /**
       * Private key, PEM, readable by the service alone.
       */
      keyFile: string;
    };
  };
  /**
   * Who may call (docs/security.md).
   */
  auth?: {
    /**
     * Whether everybody may read without a key. By default only callers of this machine may, when the service is bound to loopback.
     */
    openRead?: boolean;
    /**
     * Whether everybody may export without a key; by default as openRead's default.
     */
    openExport?: boolean;
    /**
     * File of API keys, as `nowcast keys` writes it. Default keys/api-keys.json in the data directory.
     */
    keysFile?: string;
    /**
     * Accept tokens (JWT) of an issuer.
     */
    jwt?: {
      /**
       * Required value of the claim iss.
       */
      issuer: string;
      /**
       * Required value of the claim aud.
       */
      audience: string;
      /**
       * Where the issuer publishes its public keys. https, or http on loopback.
       */
      jwksUrl?: string;
      /**
       * Its public keys as a file (JWKS), instead of jwksUrl; read again when it changes.
       */
      jwksFile?: string;
      /**
       * Claim that holds the scopes, as a list or separated by spaces; dots lead into objects. Default scope.
       */
      scopeClaim?: string;
      /**
       * Values of that claim and the scope that each stands for. Default: the four scopes by their own names.
       */
      scopes?: {
        [k: string]: ('read' | 'export' | 'operate' | 'admin') | undefined;
      };
      /**
       * Signatures that are accepted. Default RS256, PS256, ES256, EdDSA.
       *
       * @minItems 1
       */
      algorithms?: [
        'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA',
        ...(
          'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA'
        )[],
      ];
      /**
       * How far the issuer's clock may be off. Default 30.
       */
      clockToleranceSeconds?: number;
    };
  };
  kafka?: {
    /**
     * @minItems 1
     */
    brokers?: [string, ...string[]];
    schemaRegistryUrl?: string;
    topicPrefix?: string;
    clientId?: string;
  };
  influx?: {
    url?: string;
    database?: string;
  };
  /**
   * Beyond which alerts are raised.
   */
  alerts?: {
    /**
     * MAPE over 24 h above this is an alert, percent. Default 2.
     */
    mapePercent?: number;
    /**
     * The MAPE limit holds up to this horizon. Default 60.
     */
    mapeHorizonMinutes?: number;
    /**
     * Coverage of the 80 % band over 7 d below this, and beyond chance, is an alert, percent. Default 70.
     */
    coverageMinPercent?: number;
    /**
     * Coverage of the 80 % band over 7 d above this, and beyond chance, is an alert, percent. Default 92.
     */
    coverageMaxPercent?: number;
    /**
     * A mean error over 24 h or 7 d above this share of mean demand in either direction, and beyond chance, is an alert, percent. Default 1.5.
     */
    biasPercent?: number;
    /**
     * A lasting change of the errors up to this is no drift, in their long-run standard deviations. Default 0.3.
     */
    driftAllowance?: number;
    /**
     * Sum of what exceeds the allowance, block by block, at which errors count as drifted, in standard deviations: larger is later and raises fewer false alarms. Default 12.
     */
    driftLimit?: number;
  };
  /**
   * Training of models.
   */
  training?: {
    /**
     * Local time of each zone at which it is trained every day, HH:MM; null for never. Default 02:00.
     */
    daily?: string | null;
    /**
     * When each zone has its deep training; null for never. Default sunday 03:00.
     */
    weekly?: {
      /**
       * Local day.
       */
      day: 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
      /**
       * Local time, HH:MM.
       */
      time: string;
    } | null;
    /**
     * Zones trained at the same time, as far as threads and memory allow. Default the number of cores.
     */
    concurrency?: number;
    /**
     * Most training threads of a process. Default the number of cores.
     */
    threads?: number;
    /**
     * Memory that training may add to its process; decides how many zones are trained at the same time. Default 2048.
     */
    maxMemoryMb?: number;
    /**
     * Days of history that a training reads. Default 730.
     */
    historyDays?: number;
    /**
     * A training of one zone that takes longer is ended and failed; the time budget of a deep training comes on top. Default 30.
     */
    timeoutMinutes?: number;
    /**
     * Time for the search of parameters in the deep training of one zone. Default 10.
     */
    timeBudgetMinutes?: number;
    /**
     * Folds of the cross-validation in the deep training. Default 4.
     */
    folds?: number;
    /**
     * After a training a zone is not trained because of drift for so long. Default 6.
     */
    driftCooldownHours?: number;
    /**
     * How far training steps back for other work, 0 (not at all) to 19. Default 10.
     */
    niceness?: number;
    /**
     * Share of the planned rows, steps and trees that a training uses: less for a small machine, at the cost of accuracy, which the gate still judges. Default 1.
     */
    workFraction?: number;
    /**
     * Zones with a short history are trained with rescaled rows of zones with a long one; null for never.
     */
    pooling?: {
      /**
       * A zone with a longer history than this is trained on its own rows alone. Default 180.
       */
      maxHistoryDays?: number;
      /**
       * Zones that lend rows to one zone, at most; each has at least twice its history. Default 3.
       */
      donors?: number;
    } | null;
  };
  accuracy?: {
    /**
     * Horizons that are scored over 1 h, 24 h and 7 d and published each hour, of those a zone issues; by default the first and 5, 15, 30, 60, 120, 180, 360, 720 and 1440 minutes. All others are scored over 1 h and 24 h (7 d too from a step of 30 minutes on) and published every 6 hours.
     *
     * @minItems 1
     * @maxItems 512
     */
    horizonsMinutes?: [number, ...number[]];
  };
  /**
   * What the bands of nowcasts hold.
   */
  bands?: {
    /**
     * Quantiles of each step beside 0.1, 0.5 and 0.9: ascending, in steps of 0.001. Default none.
     *
     * @maxItems 8
     */
    quantiles?:
      | []
      | [number]
      | [number, number]
      | [number, number, number]
      | [number, number, number, number]
      | [number, number, number, number, number]
      | [number, number, number, number, number, number]
      | [number, number, number, number, number, number, number]
      | [number, number, number, number, number, number, number, number];
  };
  /**
   * What a new model must keep to be promoted.
   */
  gate?: {
    /**
     * Largest MAPE at horizons up to mapeHorizonMinutes, percent. Default 2.
     */
    mapePercent?: number;
    /**
     * The MAPE limit holds up to this horizon. Default 60.
     */
    mapeHorizonMinutes?: number;
    /**
     * Worse than the champion with a one-sided p-value below this is worse beyond noise. Default 0.05.
     */
    significance?: number;
    /**
     * Fewer days than this are a short history: no test by day. Default 7.
     */
    minDays?: number;
    /**
     * Largest mean error in either direction, percent of the mean absolute error. Default 80.
     */
    biasSharePercent?: number;
    /**
     * Least share of actuals inside p10 .. p90, percent. Default 60.
     */
    coverageMinPercent?: number;
    /**
     * Largest share of actuals inside p10 .. p90, percent. Default 97.
     */
    coverageMaxPercent?: number;
  };
  /**
   * How live data are collected.
   */
  sources?: {
    /**
     * False: `up` collects nothing.
     */
    enabled?: boolean;
    /**
     * Base address of OASIS.
     */
    caisoOasisUrl?: string;
    /**
     * Base address of Today's Outlook.
     */
    caisoOutlookUrl?: string;
    /**
     * Base address of Open-Meteo's forecast API.
     */
    openMeteoUrl?: string;
    /**
     * Base address of Open-Meteo's archive (reanalysis of past days).
     */
    openMeteoArchiveUrl?: string;
    /**
     * Base address of Open-Meteo's historical forecasts (past days that the archive does not have yet).
     */
    openMeteoHistoricalForecastUrl?: string;
    /**
     * Base address of Open-Meteo's previous runs (past forecasts as they were known).
     */
    openMeteoPreviousRunsUrl?: string;
    /**
     * Base address of the National Weather Service.
     */
    nwsUrl?: string;
    /**
     * Where weather is collected. Default open-meteo.
     */
    weather?: 'open-meteo' | 'nws' | 'none';
    /**
     * Who steps in for a zone while the source of weather is silent. Default nws (United States only).
     */
    weatherStandby?: 'nws' | 'none';
    /**
     * Collect the operator's own demand forecasts too.
     */
    operatorForecasts?: boolean;
    /**
     * Collect generation by fuel, net demand, and the operator's forecasts of wind and solar too. Default true.
     */
    supply?: boolean;
    /**
     * Days of history that `up` fetches for an empty store.
     */
    initialBackfillDays?: number;
    /**
     * Multiplies the pauses between requests to a source. Below 1 only against servers of your own. Default 1.
     */
    pauseScale?: number;
    /**
     * Goes into the User-Agent, so that an operator of a source can reach you.
     */
    contact?: string;
  };
  /**
   * What the data quality rules allow.
   */
  quality?: {
    /**
     * Codes of rules that do not judge.
     *
     * @maxItems 64
     */
    off?: string[];
    /**
     * Spike: how far a value may be from every expectation at a step of 5 minutes, percent of the level. Default 5.
     */
    spikePercent?: number;
    /**
     * Spike: no jump below this many times what the series has lately done is one. Default 4.
     */
    spikeRoughnessFactor?: number;
    /**
     * A jump that lasts this long is believed. Default 15.
     */
    newLevelMinutes?: number;
    /**
     * Ramp: quarantined beyond this many times the steepest ramp of the last ten days. Default 2.
     */
    rampFactor?: number;
    /**
     * Frozen: the same value for longer than this. Default 60.
     */
    frozenMinutes?: number;
    /**
     * Frozen: and longer than this many times the usual longest run of a day. Default 2.
     */
    frozenFactor?: number;
    /**
     * Gap: an interval still missing this long after its end. Default 60.
     */
    gapMinutes?: number;
    /**
     * Unit: values off by a factor of a thousand are held back for this long at most. Default 72.
     */
    unitHoldHours?: number;
    /**
     * Wrong resource: a jump to this many times beyond the lowest or highest of the last ten days. Default 1.8.
     */
    wrongResourceFactor?: number;
    /**
     * Wrong resource: held back for this long at most. Default 6.
     */
    wrongResourceHoldHours?: number;
    /**
     * Disagreement: two sources may differ by this, percent. Default 2.
     */
    disagreementPercent?: number;
    /**
     * Distribution: Kolmogorov-Smirnov distance to the same hours of the past two weeks. Default 0.9.
     */
    distributionDistance?: number;
    /**
     * Distribution: and this much above or below them, percent of the median. Default 35.
     */
    distributionShiftPercent?: number;
    /**
     * Alert: more than this share of the last 24 hours' values quarantined, percent. Default 5.
     */
    alertQuarantinedPercent?: number;
    /**
     * Alert: a gap longer than this in the last 24 hours. Default 120.
     */
    alertGapMinutes?: number;
    /**
     * Alert: no observed weather for this long, where a zone has any. Default 360.
     */
    alertWeatherSilentMinutes?: number;
  };
  /**
   * Where events are posted (docs/webhooks.md).
   */
  webhooks?: {
    /**
     * Whether webhooks may use http and private, loopback or link-local addresses. Default false.
     */
    allowPrivateAddresses?: boolean;
    /**
     * Longest wait for a receiver. Default 10.
     */
    timeoutSeconds?: number;
    /**
     * Webhooks that there may be at a time; no more are taken then. Default 100.
     */
    maxWebhooks?: number;
  };
}
