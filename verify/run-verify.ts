import type { Settings } from '../platform/config/settings.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { withDatabases, type Databases } from './databases.ts';
import { deadLetterLine, deadLettersIn } from './dead-letters.ts';
import type { Check, Evidence } from './invariants/check.ts';
import { durable } from './invariants/durable.ts';
import { effectsOnce } from './invariants/effects-once.ts';
import { holdsEnd } from './invariants/holds-end.ts';
import { latePayments } from './invariants/late-payments.ts';
import { moneyAddsUp } from './invariants/money.ts';
import { noDoubleSale } from './invariants/no-double-sale.ts';
import { published } from './invariants/published.ts';
import { oncePerKey } from './invariants/once-per-key.ts';
import { besideJournal } from './journal/told.ts';
import { toLines, type Finding, type Verdict } from './report.ts';
import { settle, type Busy, type LagReader } from './settle.ts';

type Progress = (doing: string) => void;

export type VerifyOptions = {
  /** How long to wait for outboxes and consumers to be idle. */
  settleMs?: number;
  /** What clients were told, one JSON line each; see docs/verify.md. */
  journal?: string;
  /** One JSON document instead of lines for people. */
  json?: boolean;
  /** Told what is being done, as it goes. */
  onProgress?: Progress;
};

const DEFAULT_SETTLE_MS = 10_000;

const CHECKS: readonly Check[] = [noDoubleSale, durable, moneyAddsUp, holdsEnd, latePayments, effectsOnce, oncePerKey, published];

/**
 * Waits until nothing is under way, reads the databases and says of each invariant of ARCHITECTURE.md whether it holds. Changes
 * nothing. Works beside a running program as with a stopped one; of the latter's events under way nothing can be said.
 *
 * @returns exit code: 1 when an invariant is broken, else 0
 */
export async function runVerify(settings: Settings, options: VerifyOptions, out: (line: string) => void): Promise<number> {
  const logger = createLogger({ level: 'warn' });
  const work = async (databases: Databases, lagElsewhere?: LagReader): Promise<number> => {
    const { settleMs = DEFAULT_SETTLE_MS, journal = null, onProgress = () => undefined } = options;
    onProgress('waiting until nothing is under way');
    const deadlineMs = performance.now() + settleMs;
    const busy = await settle(databases, settleMs, lagElsewhere);
    const settleAgain = () => settle(databases, deadlineMs - performance.now(), lagElsewhere);
    const verdicts = await verdictsOf(databases, { busy, settleAgain }, journal, onProgress);
    const deadLetters = await deadLettersIn(databases);
    if (options.json === true) out(JSON.stringify({ settled: busy.length === 0, busy, deadLetters, verdicts }, null, 2));
    else {
      const notes = [...busy.map((what) => `not settled: ${what}`), ...deadLetters.map(deadLetterLine)];
      for (const line of [...notes, ...toLines(verdicts)]) out(line);
    }
    return verdicts.some(({ verdict }) => verdict === 'broken') ? 1 : 0;
  };
  const { kafka } = settings;
  if (kafka === null) return withDatabases(settings, logger, work);
  const { withLagReader } = await import('../platform/event-log/kafka/lag.ts');
  return withLagReader({ ...kafka, logger }, (lag) => withDatabases(settings, logger, (databases) => work(databases, lag)));
}

const MAX_LOOKS = 3;

/** What was found to be under way, and how to wait once more until nothing is. */
export type Settled = { busy: Busy; settleAgain: () => Promise<Busy> };

/** The databases are read one after the other; what is sold in between would look broken, so then they are read again. */
export async function verdictsOf(
  databases: Databases,
  { busy, settleAgain }: Settled,
  journal: string | null,
  onProgress: Progress = () => undefined,
): Promise<Verdict[]> {
  let verdicts = await lookOnce(databases, busy, journal, onProgress);
  for (let look = 1; look < MAX_LOOKS && verdicts.some(({ verdict }) => verdict === 'broken'); look++) {
    onProgress('looking again, in case it was sold meanwhile');
    const busyAgain = await settleAgain();
    verdicts = await lookOnce(databases, [...new Set([...busy, ...busyAgain])], journal, onProgress);
  }
  return verdicts;
}

const NOTHING_SOLD: Finding = { verdict: 'not checked', why: 'nothing was ever sold here: start Onsale once' };

async function lookOnce(databases: Databases, busy: Busy, journal: string | null, onProgress: Progress): Promise<Verdict[]> {
  const seating = databases.get('seating');
  const orders = databases.get('orders');
  const payments = databases.get('payments');
  if (seating === undefined || orders === undefined || payments === undefined)
    return CHECKS.map(({ invariant, promise }) => ({ invariant, promise, ...NOTHING_SOLD }));
  const evidence = { seating, orders, payments, log: databases.get('event-log') ?? null, busy };
  if (journal === null) return verdictsBy({ ...evidence, told: null }, onProgress);
  onProgress('reading the journal');
  return besideJournal(evidence, journal, (told) => verdictsBy({ ...evidence, told }, onProgress));
}

async function verdictsBy(evidence: Evidence, onProgress: Progress): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { invariant, promise, check } of CHECKS) {
    onProgress(`${invariant}: ${promise}`);
    verdicts.push({ invariant, promise, ...(await check(evidence)) });
  }
  return verdicts;
}
