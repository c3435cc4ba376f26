/** The time of the process. Decisions about holds use the database's clock instead; see services/seating. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
