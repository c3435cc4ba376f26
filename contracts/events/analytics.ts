import { Type } from 'typebox';

const Measures = Type.Record(Type.String(), Type.Number());

export const analyticsEvents = {
  'user.action': {
    version: 1,
    data: Type.Object({
      userId: Type.Union([Type.String(), Type.Null()]),
      action: Type.String(),
      eventId: Type.Union([Type.String(), Type.Null()]),
      at: Type.String(),
    }),
  },
  'booking.metrics': { version: 1, data: Type.Object({ eventId: Type.String(), measures: Measures, at: Type.String() }) },
  'system.metrics': { version: 1, data: Type.Object({ service: Type.String(), measures: Measures, at: Type.String() }) },
  'system.alert': {
    version: 1,
    data: Type.Object({ alert: Type.String(), severity: Type.String(), detail: Type.String(), at: Type.String() }),
  },
} as const;
