import { NowcastError } from '../contracts/errors.js';
import type { TopicSpec } from './event-log.js';

/** A topic as a log has it. Config holds at least the declared names, with defaults filled in by the log. */
export interface ActualTopic {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** One difference between the declared topics and the log. */
export type TopicChange =
  | { readonly kind: 'create'; readonly topic: string; readonly spec: TopicSpec; readonly message: string }
  | {
      readonly kind: 'add-partitions';
      readonly topic: string;
      readonly from: number;
      readonly to: number;
      readonly message: string;
    }
  | {
      readonly kind: 'set-config';
      readonly topic: string;
      readonly name: string;
      readonly from: string | null;
      readonly to: string;
      readonly message: string;
    }
  | { readonly kind: 'refused'; readonly topic: string; readonly message: string };

/**
 * Compares declared topics with those that exist. Pure. Differences that would lose data or break the order of keys are
 * of kind 'refused'; a topic without differences does not appear; topics that nobody declared are left alone.
 */
export function diffTopics(declared: readonly TopicSpec[], actual: readonly ActualTopic[]): TopicChange[] {
  const byName = new Map(actual.map((topic) => [topic.name, topic]));
  return declared.flatMap((spec): TopicChange[] => {
    const existing = byName.get(spec.name);
    if (existing === undefined) {
      const message = `topic ${spec.name} is missing: create it with ${spec.partitions} partitions`;
      return [{ kind: 'create', topic: spec.name, spec, message }];
    }
    return [...diffPartitions(spec, existing), ...diffConfig(spec, existing)];
  });
}

/** @throws NowcastError TOPIC_MISMATCH listing every refused difference, if there is any */
export function assertApplicable(changes: readonly TopicChange[]): void {
  const refused = changes.filter(({ kind }) => kind === 'refused');
  if (refused.length === 0) return;
  throw new NowcastError('TOPIC_MISMATCH', refused.map(({ message }) => message).join('\n'), {
    context: { topics: refused.map(({ topic }) => topic).join(',') },
  });
}

function diffPartitions({ name, partitions, key }: TopicSpec, actual: ActualTopic): TopicChange[] {
  if (actual.partitions === partitions) return [];
  if (actual.partitions > partitions) {
    return [
      refused(
        name,
        `it has ${actual.partitions} partitions, ${partitions} are declared, and partitions cannot be removed without ` +
          `losing their records: declare ${actual.partitions}, or create the topic anew under another name or prefix`,
      ),
    ];
  }
  if (partitions % actual.partitions === 0 && isUnkeyedSafe(key)) {
    const message = `topic ${name}: add partitions, ${actual.partitions} -> ${partitions}`;
    return [{ kind: 'add-partitions', topic: name, from: actual.partitions, to: partitions, message }];
  }
  return [
    refused(
      name,
      `it has ${actual.partitions} partitions, ${partitions} are declared, and more partitions would move keys (${key}) ` +
        `away from their earlier records: declare ${actual.partitions}, or create the topic anew and copy the records`,
    ),
  ];
}

/** Only where the order within a key does not matter may keys move to other partitions. */
function isUnkeyedSafe(key: string): boolean {
  return key === 'request id' || key === 'run id' || key === 'none';
}

function diffConfig({ name, config }: TopicSpec, actual: ActualTopic): TopicChange[] {
  return Object.entries(config).flatMap(([setting, wanted]): TopicChange[] => {
    const current = actual.config[setting] ?? null;
    if (current !== null && sameValue(setting, current, wanted)) return [];
    const loss = current === null ? null : lossOf(setting, current, wanted);
    if (loss !== null) return [refused(name, `${setting} is ${current}, ${wanted} is declared, and ${loss}`)];
    const message = `topic ${name}: set ${setting} from ${current ?? 'its default'} to ${wanted}`;
    return [{ kind: 'set-config', topic: name, name: setting, from: current, to: wanted, message }];
  });
}

/** Why a change of this setting would lose records or change their meaning; null when it does not. */
function lossOf(setting: string, current: string, wanted: string): string | null {
  switch (setting) {
    case 'cleanup.policy':
      return 'switching the cleanup policy deletes records that are kept now: change it by hand if that is meant';
    case 'retention.ms':
    case 'retention.bytes':
      return limitOf(wanted) < limitOf(current)
        ? 'shortening retention deletes records that are kept now: set it by hand if that is meant'
        : null;
    case 'delete.retention.ms':
      return limitOf(wanted) < limitOf(current) ? 'tombstones would go before slow readers saw them' : null;
    case 'max.message.bytes':
      return Number(wanted) < Number(current)
        ? 'records that fit now would be refused: raise the declared value'
        : null;
    case 'message.timestamp.type':
      return 'the timestamps of old and new records would mean different things: create the topic anew';
    default:
      return null;
  }
}

/** -1 means without limit. */
function limitOf(value: string): number {
  const limit = Number(value);
  return limit < 0 ? Infinity : limit;
}

function sameValue(setting: string, a: string, b: string): boolean {
  if (setting !== 'cleanup.policy') return a === b;
  const policies = (text: string): string =>
    text
      .split(',')
      .map((each) => each.trim())
      .sort()
      .join(',');
  return policies(a) === policies(b);
}

function refused(topic: string, why: string): TopicChange {
  return { kind: 'refused', topic, message: `topic ${topic}: ${why}` };
}
