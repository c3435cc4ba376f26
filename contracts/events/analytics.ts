import { Type } from 'typebox';
import { EventId, Time, UserId } from './fields.ts';

const Measures = Type.Record(Type.String(), Type.Number());

export const analyticsEvents = {
  'user.action': {
    version: 1,
    summary: 'Somebody did something that is counted.',
    data: Type.Object({
      userId: Type.Union([UserId, Type.Null()]),
      action: Type.String(),
      eventId: Type.Union([EventId, Type.Null()]),
      at: Time,
    }),
  },
  'booking.metrics': {
    version: 1,
    summary: 'Figures of the sale of an event.',
    data: Type.Object({ eventId: EventId, measures: Measures, at: Time }),
  },
  'system.metrics': {
    version: 1,
    summary: 'Figures of a service.',
    data: Type.Object({ service: Type.String(), measures: Measures, at: Time }),
  },
  'system.alert': {
    version: 1,
    summary: 'A figure is not as it should be.',
    data: Type.Object({ alert: Type.String(), severity: Type.String(), detail: Type.String(), at: Time }),
  },
} as const;
