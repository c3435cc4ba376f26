import { Type } from 'typebox';

const notification = {
  notificationId: Type.String(),
  userId: Type.String(),
  channel: Type.String(),
  template: Type.String(),
};

export const notificationEvents = {
  'notification.requested': {
    version: 1,
    data: Type.Object({
      ...notification,
      recipient: Type.String({ description: 'An e-mail address or a phone number, by channel' }),
      variables: Type.Record(Type.String(), Type.String(), { description: 'What the template is filled with; may hold secrets' }),
      requestedAt: Type.String(),
    }),
  },
  'notification.delivered': { version: 1, data: Type.Object({ ...notification, deliveredAt: Type.String() }) },
  'notification.failed': {
    version: 1,
    data: Type.Object({ ...notification, reason: Type.String(), attempt: Type.Integer(), retryable: Type.Boolean() }),
  },
} as const;
