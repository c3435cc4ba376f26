import type { OpenDatabase } from '../../platform/postgres/pool.ts';
import type { Finding } from '../report.ts';
import type { Busy } from '../settle.ts';

/** The databases in which the sale happened, and what had not settled when they are looked at. */
export type Evidence = { seating: OpenDatabase; orders: OpenDatabase; payments: OpenDatabase; busy: Busy };

/** One invariant of ARCHITECTURE.md: its promise in a line, and how it is checked. */
export type Check = { invariant: number; promise: string; check: (evidence: Evidence) => Promise<Finding> };
