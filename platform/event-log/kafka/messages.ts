import type { KafkaRecord, MessageToProduce } from '@platformatic/kafka';
import type { DomainEvent } from '../../../contracts/events/domain-event.ts';
import { parseEvents } from '../parse-events.ts';
import type { LogRecord } from '../port.ts';

export type Message = MessageToProduce<string, string, string, string> & { value: string; headers: Record<string, string> };

/**
 * One message per domain event, in the binary mode of the CloudEvents binding for Kafka: the attributes are headers, the value is
 * `data`. The trace context goes under the name that tracing tools look for.
 */
export function toMessages(record: LogRecord, prefix: string): Message[] {
  return parseEvents(record.eventsJson).map(({ data, datacontenttype, traceparent, ...attributes }) => {
    const headers: Record<string, string> = { 'content-type': datacontenttype };
    for (const [name, value] of Object.entries(attributes)) headers[`ce_${name}`] = value;
    if (traceparent !== undefined) headers['traceparent'] = traceparent;
    return { topic: prefix + record.topic, key: attributes.subject, value: JSON.stringify(data), headers };
  });
}

/** Bytes of a message on the wire, roughly and rather more. */
export function sizeOf({ value, headers }: Message): number {
  const headerBytes = Object.values(headers).reduce((sum, text) => sum + text.length + 24, 0);
  return Buffer.byteLength(value) + headerBytes + 64;
}

/**
 * The domain event of a message; null when nobody wants its type, which is found out without parsing it.
 *
 * @throws TypeError for what cannot be a domain event of ours
 */
export function toEvent(record: KafkaRecord, wants: (type: string) => boolean): DomainEvent | null {
  const event: Record<string, unknown> = {};
  for (const [name, value] of record.headers) {
    const header = String(name);
    if (header.startsWith('ce_')) event[header.slice(3)] = String(value);
    else if (header === 'content-type') event['datacontenttype'] = String(value);
    else if (header === 'traceparent') event['traceparent'] = String(value);
  }
  if (typeof event['type'] === 'string' && !wants(event['type'])) return null;
  event['data'] = JSON.parse(String(record.value));
  if (!isDomainEvent(event)) throw new TypeError(`Not a domain event: ${JSON.stringify(event).slice(0, 200)}`);
  return event;
}

/** Schemas are the publisher's business: this runs for every event. */
function isDomainEvent(value: object): value is DomainEvent {
  return 'id' in value && 'type' in value && 'subject' in value && 'data' in value;
}
