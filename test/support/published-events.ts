import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { asyncApiDocument, keyOf } from '../../contracts/events/asyncapi.ts';
import { TOPICS } from '../../contracts/events/domain-event.ts';
import { sql, type Database } from '../../platform/postgres/database.ts';
import { noUnknownMembers } from './closed-schema.ts';

const READ = sql('test.all_records', 'SELECT topic, events FROM record ORDER BY topic, log_offset');

/** Shown when a log is wrong; the rest is likely the same. */
const MAX_SHOWN = 5;

/** The usual check of this format also lets through what PostgreSQL writes. */
const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

let validators: Map<string, ValidateFunction> | undefined;

/** @throws Error naming the domain events on the log that are not as `docs/asyncapi.json` describes them */
export async function checkLog(log: Pick<Database, 'rows'>): Promise<void> {
  const records = await log.rows<{ topic: string; events: string }>(READ);
  const problems = records.flatMap(({ topic, events }) => JSON.parse(events).flatMap((event: any) => problemsOf(topic, event)));
  if (problems.length === 0) return;
  const shown = problems.slice(0, MAX_SHOWN).join('\n');
  throw new Error(`${problems.length} times the log is not as contracts/events says, for instance:\n${shown}`);
}

/** What of a domain event is not as the contracts say: of its topic, its attributes, its data. */
export function problemsOf(topic: string, { data, ...attributes }: any): string[] {
  const { key, events } = TOPICS[topic as keyof typeof TOPICS];
  const declared = Object.entries(events).find(([type]) => type === attributes.type)?.[1];
  const { headers, payload } = validatorsOf(attributes.type);
  if (declared === undefined || headers === undefined || payload === undefined)
    return [`${attributes.type} on ${topic} is not among what is published there`];
  const problems: string[] = [];
  if (!headers(headersOf(attributes))) problems.push(said(attributes, headers));
  if (!payload(data)) problems.push(said(attributes, payload));
  const keyName = keyOf(attributes.type, key, declared.data);
  if (attributes.subject !== data[keyName]) problems.push(`${attributes.type}: its subject is not its ${keyName}`);
  return problems;
}

/** As they go over Kafka. */
function headersOf({ datacontenttype, traceparent, ...attributes }: any): object {
  const named = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]);
  return { 'content-type': datacontenttype, ...(traceparent === undefined ? {} : { traceparent }), ...Object.fromEntries(named) };
}

function said({ type, id }: any, { errors }: ValidateFunction): string {
  const all = (errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
  return `${type} ${id}: ${all.join('; ')}`;
}

function validatorsOf(type: string): { headers: ValidateFunction | undefined; payload: ValidateFunction | undefined } {
  validators ??= compileAll();
  return { headers: validators.get(`${type} headers`), payload: validators.get(`${type} payload`) };
}

/** Of the document that is published, closed: a field that it does not tell of is a mistake here. */
function compileAll(): Map<string, ValidateFunction> {
  const { components } = asyncApiDocument('test') as any;
  const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }));
  ajv.addFormat('date-time', RFC_3339_UTC);
  const compiled = new Map<string, ValidateFunction>();
  for (const [type, { headers, payload }] of Object.entries<any>(components.messages)) {
    const [, own] = headers.allOf;
    const { attributes } = components.schemas;
    const all = { ...attributes, properties: { ...attributes.properties, ...own.properties } };
    compiled.set(`${type} headers`, ajv.compile(noUnknownMembers(all)));
    compiled.set(`${type} payload`, ajv.compile(noUnknownMembers(payload)));
  }
  return compiled;
}
