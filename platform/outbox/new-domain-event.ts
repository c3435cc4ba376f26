import {
  eventVersion,
  type DomainEvent,
  type DomainEventData,
  type DomainEventType,
} from '../../contracts/events/domain-event.ts';
import { uuidV7 } from '../../contracts/uuid-v7.ts';

export type NewDomainEvent<T extends DomainEventType> = {
  type: T;
  /** e.g. `/onsale/seating` */
  source: string;
  /** Id of the aggregate; also the key of the outbox record. */
  subject: string;
  /** When it became true, RFC 3339 UTC: the database's time if it decided. */
  time: string;
  /** W3C trace context of the request that caused it; it travels with the event to every consumer. */
  traceparent?: string | undefined;
  data: DomainEventData<T>;
};

const schemas = new Map<DomainEventType, string>();

/** A CloudEvent with an id of its own. On the path of every reservation: it checks and copies nothing. */
export function newDomainEvent<T extends DomainEventType>({
  type,
  source,
  subject,
  time,
  traceparent,
  data,
}: NewDomainEvent<T>): DomainEvent<T> {
  return {
    specversion: '1.0' as const,
    id: uuidV7(),
    source,
    type,
    subject,
    time,
    datacontenttype: 'application/json' as const,
    dataschema: schemaOf(type),
    ...(traceparent === undefined ? {} : { traceparent }),
    data,
  };
}

function schemaOf(type: DomainEventType): string {
  let schema = schemas.get(type);
  if (schema === undefined) {
    schema = `/schemas/${type}/${eventVersion(type)}`;
    schemas.set(type, schema);
  }
  return schema;
}
