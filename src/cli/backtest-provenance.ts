import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { packageVersion } from '../config/package-root.js';
import { toIso } from '../contracts/time.js';
import { FEATURE_COUNT, FEATURE_HASH } from '../features/feature-names.js';
import type { BacktestResult } from '../train/backtest.js';
import type { Provenance, ReportFindings } from '../train/report/report-data.js';
import type { BacktestInputs } from './backtest-inputs.js';

export interface ProvenanceInput {
  /** Files that were read, by what they are. */
  readonly files: readonly (readonly [what: string, file: string])[];
  readonly args: readonly string[];
  readonly inputs: BacktestInputs;
  readonly result: BacktestResult;
  readonly findings: ReportFindings;
  readonly seed: number;
  readonly futureWeather: string;
}

/** What a reader needs to do it again and to see that it is the same. Files by name and content, never by place. */
export async function provenanceOf(input: ProvenanceInput): Promise<Provenance> {
  const { files, inputs, result, findings, seed, futureWeather } = input;
  const { profile, events } = inputs;
  const lines: (readonly [string, string])[] = [
    ['command', `nowcast ${input.args.map(withoutPath).map(quoted).join(' ')}`],
    ['program', `power-nowcast ${packageVersion()}, Node ${process.versions.node}`],
    ['zone', `${result.zone}, time zone ${profile.timeZone}, holidays ${profile.holidays || 'none'}`],
  ];
  for (const [what, file] of files)
    lines.push([what, `${path.basename(file)}, sha256 ${await sha256Of(file)}`]);
  for (const type of ['demand', 'weather', 'forecast', 'operator'] as const) {
    const range = rangeOf(events.filter((event) => event.type === type));
    if (range !== null) lines.push([`${type} records`, range]);
  }
  lines.push(
    ['future weather', futureWeather],
    ['training rows', `${String(result.rows)} (last model), ${result.trainSeconds.toFixed(1)} s in all`],
    ['seed', String(seed)],
    ['features', `${String(FEATURE_COUNT)}, sha256 of the names ${FEATURE_HASH}`],
  );
  for (const model of findings.models) {
    lines.push([
      `model ${model.version}`,
      `${model.algorithm}, ${String(model.rows)} rows, ${model.trainedFrom} to ${model.trainedUntil}, data sha256 ${model.dataFingerprint}, ONNX sha256 ${model.artifactSha256}`,
    ]);
  }
  return lines;
}

function rangeOf(events: BacktestInputs['events']): string | null {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { availableAtMs } of events) {
    first = Math.min(first, availableAtMs);
    last = Math.max(last, availableAtMs);
  }
  if (events.length === 0) return null;
  return `${String(events.length)}, available from ${toIso(first)} to ${toIso(last)}`;
}

/** `/a/b/demand.csv` and `--json=/a/b/x.json` without their folders; all else as it is. */
function withoutPath(argument: string): string {
  const [, option = '', value = ''] = /^(--[a-z-]+=)?(.*)$/s.exec(argument) ?? [];
  return option + (path.isAbsolute(value) || value.startsWith('.') ? path.basename(value) : value);
}

function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
