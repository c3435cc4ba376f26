import type { OpenDatabase } from '../../platform/postgres/pool.ts';
import type { Finding } from '../report.ts';
import type { Busy } from '../settle.ts';

/** The databases in which the sale happened, and what had not settled when they are looked at. */
export type Evidence = {
  seating: OpenDatabase;
  orders: OpenDatabase;
  payments: OpenDatabase;
  /** Null when the log is kept elsewhere. */
  log: OpenDatabase | null;
  /** A file with what clients were told; null when nobody wrote it down. */
  journal: string | null;
  busy: Busy;
};

/** One invariant of ARCHITECTURE.md: its promise in a line, and how it is checked. */
export type Check = { invariant: number; promise: string; check: (evidence: Evidence) => Promise<Finding> };

/** What is shown of a row that breaks an invariant. */
export type Row = Record<string, unknown>;

export const needsJournal: Finding = {
  verdict: 'not checked',
  why: 'needs a journal of what clients were told: --journal <file>',
};

/** For what is only true once nothing is under way. */
export function notSettled(busy: Busy): Finding {
  return { verdict: 'not checked', why: `not settled: ${busy.slice(0, 3).join(', ')}; wait or use a longer --settle` };
}
