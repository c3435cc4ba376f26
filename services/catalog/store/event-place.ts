/** Where a page ended: `place` is the last event's by the order of the list, as text; past events are those past at `asOf`. */
export type EventPlace = { asOf: Date; place: string; eventId: string };

/** Past events come after all coming ones, the latest first: their place is counted back from a time beyond every date. */
export const BEYOND_ALL_DATES_MS = 900_000_000_000_000;
export const START_MS = '(extract(epoch FROM e.start_date) * 1000)::bigint';
