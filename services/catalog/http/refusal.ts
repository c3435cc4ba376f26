import { ApiError } from '../../../platform/http/api-error.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { EventChange, EventCreation } from '../events.ts';
import { venueNotFound } from './venue-routes.ts';

type EventRefusal = (EventCreation & { ok: false }) | (EventChange & { ok: false });

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
  }
}

export function eventNotFound(): ApiError {
  return new ApiError(
    'EVENT_NOT_FOUND',
    'There is no event with this id that you may see. GET /v1/events lists those there are.',
  );
}
