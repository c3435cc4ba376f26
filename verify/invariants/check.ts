import type { Database } from '../../platform/postgres/database.ts';
import type { Told } from '../journal/told.ts';
import type { Finding } from '../report.ts';
import type { Busy } from '../settle.ts';

/** The databases in which the sale happened, and what had not settled when they are looked at. */
export type Evidence = {
  seating: Database;
  orders: Database;
  payments: Database;
  /** Null when the log is kept elsewhere. */
  log: Database | null;
  /** What clients were told; null when nobody wrote it down. */
  told: Told | null;
  busy: Busy;
};

/** One invariant of ARCHITECTURE.md: its promise in a line, and how it is checked. */
export type Check = { invariant: number; promise: string; check: (evidence: Evidence) => Promise<Finding> };

export const needsJournal: Finding = {
  verdict: 'not checked',
  why: 'needs a journal of what clients were told: --journal <file>',
};

/** For what is only true once nothing is under way. */
export function notSettled(busy: Busy): Finding {
  return { verdict: 'not checked', why: `not settled: ${busy.slice(0, 3).join(', ')}; wait or use a longer --settle` };
}
