import { ObservationPublisher } from '../collect/publisher.js';
import { messageOf } from '../contracts/errors.js';
import { DAY_MS, toIso } from '../contracts/time.js';
import { sleep } from '../ops/retry.js';
import { SourceError, type SourceErrorKind } from '../sources/source-error.js';
import { openSources } from './collectors.js';
import type { RoleContext } from './context.js';
import type { DoctorFinding } from './doctor.js';
import type { SourcePart } from './source-part.js';

/** A probe asks once and does not wait long: a source that is slow today is a finding. */
const TIMEOUT_MS = 15_000;
/** With others asking the same host, a turn may take this long. */
const LONGEST_PROBE_MS = 60_000;
const INPUTS_SINCE_MS = 7 * DAY_MS;

/** What to do about each kind of failure. */
const ADVICE: Partial<Record<SourceErrorKind, string>> = {
  network: 'check the network, the proxy and the address in `sources`',
  timeout: 'check the network, or try again later',
  redirect: 'something between here and the source answers in its place; check the network and the address',
  unexpected_content: 'another page came than was asked for; check the address in `sources`',
  damaged: 'the answer was cut short or is no such file; check the address in `sources`',
  throttled: 'it was asked too often from this network; wait, and collect from one machine only',
  not_found: 'check the address',
  invalid_request: 'check the zones and weather points of the configuration',
  server_error: 'the source has trouble of its own; collecting goes on by itself once it answers',
};

/** One finding a source: whether it answers, how fast, and the newest it has. Nothing is published. */
export async function examineSources(context: RoleContext): Promise<DoctorFinding[]> {
  const { config, log, codec } = context;
  if (!config.sources.enabled)
    return [{ name: 'sources', ok: true, detail: 'collecting is switched off; nothing was asked' }];
  const opened = openSources({
    config,
    publisher: new ObservationPublisher(log, codec),
    pacer: { nowMs: Date.now, sleep },
    signal: AbortSignal.timeout(LONGEST_PROBE_MS),
    onRequest: () => undefined,
    timeoutMs: TIMEOUT_MS,
    attempts: 1,
  });
  try {
    // Several parts of one source share its client: one question is enough.
    const probes = new Map(opened.parts.map((part) => [part.client, part]));
    return await Promise.all([...probes.values()].map((part) => examineSource(part)));
  } finally {
    await opened.close();
  }
}

async function examineSource(part: SourcePart): Promise<DoctorFinding> {
  const name = `source ${part.client}`;
  const startedMs = Date.now();
  try {
    const found = await part.probe(startedMs);
    return { name, ok: true, detail: `answers in ${Date.now() - startedMs} ms; ${found}` };
  } catch (error) {
    const advice = error instanceof SourceError ? ADVICE[error.kind] : undefined;
    return {
      name,
      ok: false,
      detail: [messageOf(error), ...(advice === undefined ? [] : [advice])].join('; '),
    };
  }
}

/** Ages of each configured zone's inputs in the log. Information: a service that was off is not broken. */
export async function examineInputs({ config, log, codec }: RoleContext): Promise<DoctorFinding[]> {
  const publisher = new ObservationPublisher(log, codec);
  const nowMs = Date.now();
  try {
    await publisher.restore({ sinceMs: nowMs - INPUTS_SINCE_MS });
  } catch (error) {
    return [{ name: 'inputs', ok: false, detail: messageOf(error) }];
  }
  return config.zones.map(({ zone }) => {
    const newest = (topic: 'demand.observed' | 'weather.observed' | 'weather.forecast'): string => {
      const span = publisher.span(topic, zone);
      return span === null
        ? 'none of the last week'
        : `${toIso(span.lastMs)} (${Math.round((nowMs - span.lastMs) / 60_000)} min ago)`;
    };
    const detail = `demand ${newest('demand.observed')}, weather ${newest('weather.observed')}, weather forecast ${newest('weather.forecast')}`;
    return { name: `inputs ${zone}`, ok: true, detail };
  });
}
