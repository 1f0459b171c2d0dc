import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import * as ajvFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../config/package-root.js';
import type { TopicName } from '../contracts/records.js';
import { loadTopicSpecs, topicSpecOf } from './topic-specs.js';

/** A JSON Schema (draft-07) with its validator. */
export interface RecordSchema {
  /** `$id`: the same for every version of one topic's schema. */
  readonly schemaId: string;
  readonly text: string;
  readonly validate: ValidateFunction;
}

/**
 * Reads a schema text. Formats are checked in full; numbers must be finite. The validator is compiled when it is first
 * asked for: a command registers every topic it may touch, and compiling all of them would take it a second.
 */
export function recordSchemaOf(text: string): RecordSchema {
  const schema = JSON.parse(text) as Record<string, unknown>;
  const id = schema['$id'];
  let validate: ValidateFunction | undefined;
  return {
    schemaId: typeof id === 'string' ? id : '',
    text,
    get validate() {
      return (validate ??= compile(schema));
    },
  };
}

function compile(schema: Record<string, unknown>): ValidateFunction {
  const ajv = new Ajv({ allErrors: false, strict: false, strictNumbers: true, verbose: true });
  ajvFormats.default.default(ajv, { mode: 'full' });
  addQuickDateTime(ajv);
  return ajv.compile(schema);
}

/** What toISOString writes, except for the last days of a month: those need the calendar. */
const CANONICAL_UTC =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;

/** A nowcast holds some sixty times; the full check of each would cost more than all other validation. */
function addQuickDateTime(ajv: Ajv): void {
  const full = ajv.formats['date-time'];
  if (typeof full !== 'object' || full instanceof RegExp || typeof full.validate !== 'function') return;
  const check = full.validate as (text: string) => boolean;
  ajv.addFormat('date-time', (text: string) => CANONICAL_UTC.test(text) || check(text));
}

/** The value schemas of the declared topics, read when first used. */
export class TopicSchemas {
  private readonly specs = loadTopicSpecs();
  private readonly read = new Map<TopicName, RecordSchema>();

  of(topic: TopicName): RecordSchema {
    let schema = this.read.get(topic);
    if (schema === undefined) {
      const { valueSchema } = topicSpecOf(this.specs, topic);
      const raw = readFileSync(join(packageRoot(), 'schemas', `${valueSchema}.json`), 'utf8');
      // Without the layout of the file, so that formatting it anew is not a new version.
      schema = recordSchemaOf(JSON.stringify(JSON.parse(raw)));
      this.read.set(topic, schema);
    }
    return schema;
  }
}

/** What a record breaks, in words: topic, field, value. Call right after a failed validate. */
export function describeViolation(topic: string, errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.[0];
  if (error === undefined) return `record of topic ${topic} does not match its schema`;
  const field = error.instancePath === '' ? 'the record' : error.instancePath.slice(1).replaceAll('/', '.');
  const params = error.params as Record<string, unknown>;
  const extra = params['additionalProperty'] ?? params['allowedValues'];
  const detail = extra === undefined ? '' : ` (${JSON.stringify(extra)})`;
  return `record of topic ${topic}: ${field} ${error.message ?? 'is invalid'}${detail}, but is ${preview(error.data)}`;
}

function preview(value: unknown): string {
  // JSON has no NaN and no undefined, the values that matter most here.
  const text = typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
