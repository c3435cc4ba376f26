import { Type } from 'typebox';
import { NotificationId, Time, UserId } from './fields.ts';

const notification = {
  notificationId: NotificationId,
  userId: UserId,
  channel: Type.String(),
  template: Type.String(),
};

export const notificationEvents = {
  'notification.requested': {
    version: 1,
    by: 'users',
    summary: 'Somebody is to be told something by a template.',
    data: Type.Object({
      ...notification,
      recipient: Type.String({ description: 'An e-mail address or a phone number, by channel' }),
      variables: Type.Record(Type.String(), Type.String(), { description: 'What the template is filled with; may hold secrets' }),
      requestedAt: Time,
    }),
  },
  'notification.delivered': {
    version: 1,
    summary: 'A message arrived.',
    data: Type.Object({ ...notification, deliveredAt: Time }),
  },
  'notification.failed': {
    version: 1,
    summary: 'A message could not be sent.',
    data: Type.Object({ ...notification, reason: Type.String(), attempt: Type.Integer(), retryable: Type.Boolean() }),
  },
} as const;
