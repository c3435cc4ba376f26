import type { ErrorTable } from './error-table.ts';

export const SEAT_ERRORS = {
  SEAT_UNAVAILABLE: {
    status: 409,
    title: 'At least one of these seats is not free',
    when: 'Somebody was faster for at least one of the seats; nothing was reserved. `unavailableSeatIds` names them.',
    whatToDo: 'Choose others.',
  },
  SOLD_OUT: {
    status: 409,
    title: 'Not enough left',
    when: 'Fewer are left than were asked for. `available` says how many.',
    whatToDo: 'Ask for fewer, or another section.',
  },
  TICKET_LIMIT_EXCEEDED: {
    status: 409,
    title: 'More tickets than one buyer may have',
    when: 'With these, the buyer would have more tickets to this event than one may: `limit`, of which `held` are taken.',
    whatToDo: 'Choose fewer.',
  },
  SALE_NOT_OPEN: {
    status: 409,
    title: 'The sale is not open',
    when: 'The sale has not begun, or is over: `reason`, `onSaleAt`.',
    whatToDo: 'Before the opening, come back at `onSaleAt`.',
  },
  EVENT_CANCELLED: {
    status: 409,
    title: 'The event was cancelled',
    when: 'The event was cancelled, which is final: it cannot be changed any more.',
    whatToDo: 'Make a new event.',
  },
  EVENT_HAS_ORDERS: {
    status: 409,
    title: 'The event has orders',
    when: 'The event has orders (`orders` says how many), or seats of it are held, so it cannot be deleted.',
    whatToDo: 'Cancel it instead: buyers are told and get their money back.',
  },
  VENUE_IN_USE: {
    status: 409,
    title: 'The venue has events',
    when: 'Events take place at the venue, so it cannot be deleted; past and cancelled ones count.',
    whatToDo: 'Delete those events, or move them to another venue.',
  },
  RESERVATION_IN_PAYMENT: {
    status: 409,
    title: 'A payment for this reservation is under way',
    when: 'A payment of this reservation is under way, until `heldUntil` at the latest, so it cannot be released.',
    whatToDo: "Wait for the payment's end.",
  },
  RESERVATION_NOT_ACTIVE: {
    status: 409,
    title: 'The reservation has ended',
    when: 'The hold has ended: it was released, ran out, or was paid (`reservationStatus`).',
    whatToDo: 'Reserve again.',
  },
  SELECTION_INVALID: {
    status: 422,
    title: 'This choice of seats cannot be made',
    when: 'The choice can be made by nobody: a seat twice, seats and places mixed up, or more than one payment can cover.',
    whatToDo: 'Correct the choice.',
  },
} as const satisfies ErrorTable;
