import type { ErrorTable } from './error-table.ts';

export const SEAT_PLAN_ERRORS = {
  SECTION_EXISTS: {
    status: 409,
    title: 'The event already has this section',
    when: 'The event already has a section of this name. Nothing was imported.',
    whatToDo: 'Use another name, or edit the section.',
  },
  CAPACITY_IN_USE: {
    status: 409,
    title: 'More places are reserved or sold than this capacity',
    when: 'More places are reserved or sold than the new capacity.',
    whatToDo: 'Choose a capacity that is at least that.',
  },
  SEATS_IN_USE: {
    status: 409,
    title: 'Some of these seats are reserved or sold',
    when: 'Some of the seats to block are reserved or sold: `seatIds`. Nothing was blocked.',
    whatToDo: 'Leave those out.',
  },
  LAYOUT_INVALID: {
    status: 422,
    title: 'The seat plan is not valid',
    when: 'The seat plan contradicts itself. `errors` names each place; nothing was imported.',
    whatToDo: 'Correct the plan.',
  },
  CSV_INVALID: {
    status: 422,
    title: 'The CSV file is not valid',
    when: 'A line of the file cannot be read. `errors` names the line; nothing was imported.',
    whatToDo: 'Correct that line.',
  },
} as const satisfies ErrorTable;
