import { describe, expect, it } from 'vitest';
import { newDomainEvent } from './new-domain-event.ts';

const data = { userId: 'usr_1', sessionId: 'ses_1', loggedInAt: '2026-01-01T00:00:00Z' };
const fields = { type: 'user.logged-in', source: '/onsale/users', subject: 'usr_1', time: '2026-01-01T00:00:00Z', data } as const;

describe('newDomainEvent', () => {
  it('makes a CloudEvent with an id of its own and the schema of its type', () => {
    const [one, two] = [newDomainEvent(fields), newDomainEvent(fields)];
    expect(one).toEqual({
      ...fields,
      specversion: '1.0',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      datacontenttype: 'application/json',
      dataschema: '/schemas/user.logged-in/1',
    });
    expect(one.id < two.id).toBe(true);
  });

  it('carries the trace context when there is one', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(newDomainEvent({ ...fields, traceparent }).traceparent).toBe(traceparent);
    expect('traceparent' in newDomainEvent({ ...fields, traceparent: undefined })).toBe(false);
  });
});
