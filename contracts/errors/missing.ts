import type { ErrorTable } from './error-table.ts';

export const MISSING_ERRORS = {
  NOT_FOUND: {
    status: 404,
    title: 'Nothing was found here',
    when: 'The path names something that does not exist, or no longer.',
    whatToDo: 'Read the list or the thing that led here again.',
  },
  USER_NOT_FOUND: {
    status: 404,
    title: 'There is no such user',
    when: 'There is no such account, or it was deleted.',
    whatToDo: 'List the users.',
  },
  SESSION_NOT_FOUND: {
    status: 404,
    title: 'There is no such session',
    when: 'You have no such session (any more).',
    whatToDo: 'List your sessions.',
  },
  EVENT_NOT_FOUND: {
    status: 404,
    title: 'There is no such event',
    when: 'There is no such event, or it is a draft of another organizer.',
    whatToDo: 'List the events.',
  },
  VENUE_NOT_FOUND: {
    status: 404,
    title: 'There is no such venue',
    when: 'There is no such venue.',
    whatToDo: 'List the venues.',
  },
  SEAT_NOT_FOUND: {
    status: 404,
    title: 'The event has no such seat',
    when: 'The event has no seat with this number or code.',
    whatToDo: "Read the event's map again.",
  },
  SECTION_NOT_FOUND: {
    status: 404,
    title: 'The event has no such section',
    when: 'The event has no section of this name.',
    whatToDo: "Read the event's availability.",
  },
  RESERVATION_NOT_FOUND: {
    status: 404,
    title: 'There is no such reservation',
    when: 'You have no such reservation.',
    whatToDo: 'Reserve again.',
  },
  ORDER_NOT_FOUND: {
    status: 404,
    title: 'There is no such order',
    when: 'You have no such order.',
    whatToDo: 'List your orders.',
  },
  PAYMENT_NOT_FOUND: {
    status: 404,
    title: 'There is no such payment',
    when: 'You have no such payment.',
    whatToDo: 'Read the order.',
  },
  TICKET_NOT_FOUND: {
    status: 404,
    title: 'There is no such ticket',
    when: 'You have no such ticket.',
    whatToDo: 'List your tickets.',
  },
} as const satisfies ErrorTable;
