import { ApiError } from '../../../platform/http/api-error.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { EventChange, EventCreation, EventRemoval } from '../events.ts';
import { venueNotFound } from './venue-routes.ts';

type EventRefusal = (EventCreation | EventChange | EventRemoval) & { ok: false };

export function eventRefusal(refusal: EventRefusal): ApiError {
  switch (refusal.code) {
    case 'VALIDATION_FAILED':
      return validationFailed(refusal.faults ?? []);
    case 'VENUE_NOT_FOUND':
      return venueNotFound();
    case 'EVENT_NOT_FOUND':
      return eventNotFound();
    case 'FORBIDDEN':
      return new ApiError('FORBIDDEN', 'Another organizer runs this event; only they and admins may change it.');
    case 'EVENT_CANCELLED':
      return new ApiError('EVENT_CANCELLED', 'The event was cancelled, which is final. Make a new one.');
    case 'EVENT_HAS_ORDERS':
      return new ApiError('EVENT_HAS_ORDERS', ordersDetail(refusal.orders), { orders: refusal.orders });
  }
}

function ordersDetail(orders: number): string {
  const what = orders === 0 ? 'Buyers hold seats of this event at the moment' : 'This event has orders, whose buyers count on it';
  return `${what}, so it stays. Cancel it instead: PUT with status CANCELLED.`;
}

export function eventNotFound(): ApiError {
  return new ApiError(
    'EVENT_NOT_FOUND',
    'There is no event with this id that you may see. GET /v1/events lists those there are.',
  );
}
