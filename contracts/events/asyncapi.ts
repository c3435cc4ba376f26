import { TOPICS } from './domain-event.ts';

type Json = { readonly [name: string]: unknown };
type Declared = { version: number; by?: string; summary: string; data: object };

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

/** The attributes of CloudEvents 1.0 that every domain event has. */
const ATTRIBUTES = {
  type: 'object',
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: { type: 'string', pattern: UUID, description: 'UUIDv7. Remember it: the same id a second time changes nothing' },
    ce_source: { type: 'string', description: 'The service that says so' },
    ce_type: { type: 'string' },
    ce_subject: { type: 'string', description: 'The id of the aggregate; also the key' },
    ce_time: { type: 'string', format: 'date-time', description: 'When it became true, RFC 3339 UTC' },
    ce_dataschema: { type: 'string', description: 'Schema and its version' },
    'content-type': { const: 'application/json' },
    traceparent: { type: 'string', description: 'W3C trace context of the request that caused it' },
  },
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_time', 'ce_dataschema', 'content-type'],
};

/**
 * The topics of the event log as an AsyncAPI 3.0 document, for those who read them: only what is published. As on Apache Kafka, in the
 * binary mode of CloudEvents: the attributes are headers and the value is the data.
 */
export function asyncApiDocument(version: string): Json {
  const topics = Object.entries(TOPICS).flatMap(([topic, { key, events }]) => {
    const published = publishedOf(events);
    return published.length === 0 ? [] : [{ topic, key, published }];
  });
  return {
    asyncapi: '3.0.0',
    id: 'urn:onsale:domain-events',
    info: {
      title: 'Onsale domain events',
      version,
      description:
        'What happened, as past-tense facts on the event log. What happens to one aggregate stays in order; an event may come again, with the same `ce_id`, and changes nothing the second time. New fields may appear: leave out what you do not know. A change of meaning is a new version of the type.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map(({ topic, key, published }) => [topic, channel(topic, key, published)])),
    operations: Object.fromEntries(topics.map(({ topic, published }) => [`publish.${topic}`, operation(topic, published)])),
    components: {
      messages: Object.fromEntries(
        topics.flatMap(({ key, published }) => published.map(([type, declared]) => [type, message(type, key, declared)])),
      ),
      schemas: { attributes: ATTRIBUTES },
    },
  };
}

function publishedOf(events: Readonly<Record<string, Declared>>): [string, Declared][] {
  return Object.entries(events).filter(([, { by }]) => by !== undefined);
}

function channel(topic: string, key: string, published: readonly [string, Declared][]): Json {
  return {
    address: topic,
    title: topic,
    description: `The key is the id of what it is about, the ${key} as a rule: what happens to one stays in order. Names may begin with the prefix that the operator chose.`,
    messages: Object.fromEntries(published.map(([type]) => [type, { $ref: `#/components/messages/${type}` }])),
  };
}

function operation(topic: string, published: readonly [string, Declared][]): Json {
  const by = [...new Set(published.map(([, declared]) => declared.by))].join(', ');
  return {
    action: 'send',
    summary: `Published by ${by}`,
    channel: { $ref: `#/channels/${topic}` },
    messages: published.map(([type]) => ({ $ref: `#/channels/${topic}/messages/${type}` })),
  };
}

function message(type: string, key: string, { version, by, summary, data }: Declared): Json {
  const own = {
    type: 'object',
    properties: {
      ce_type: { const: type },
      ce_source: { const: `/onsale/${by}` },
      ce_dataschema: { const: `/schemas/${type}/${version}` },
    },
  };
  return {
    name: type,
    title: type,
    summary,
    contentType: 'application/json',
    headers: { allOf: [{ $ref: '#/components/schemas/attributes' }, own] },
    payload: data,
    bindings: { kafka: { key: { type: 'string', description: `The ${keyOf(type, key, data)}` } } },
  };
}

/** A venue is no event, though it goes on the topic of events: its own id is its key. */
export function keyOf(type: string, key: string, data: object): string {
  const has = 'properties' in data && typeof data.properties === 'object' && data.properties !== null && key in data.properties;
  return has ? key : `${type.split('.')[0] ?? ''}Id`;
}
