import { Type } from 'typebox';
import { idSchema } from '../ids.ts';

export const UserId = idSchema('user');
export const SessionId = idSchema('session');
export const VenueId = idSchema('venue');
export const EventId = idSchema('event');
export const ReservationId = idSchema('reservation');
export const OrderId = idSchema('order');
export const PaymentId = idSchema('payment');
export const RefundId = idSchema('refund');
export const TicketId = idSchema('ticket');
export const NotificationId = idSchema('notification');

export const Time = Type.String({ format: 'date-time', description: 'RFC 3339 UTC' });
