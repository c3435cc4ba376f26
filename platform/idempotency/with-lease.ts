import { ApiError } from '../http/api-error.ts';
import type { Database, Tx } from '../postgres/database.ts';
import { answerOfError, type StoredAnswer } from './answer.ts';
import { claimKeys, createLeaseKeeper, finishKeys, freeKeys, LEASE_MS, type Claim, type HeldKey } from './held-keys.ts';
import type { IdempotencyKey } from './idempotency-key.ts';
import { IdempotencyRace } from './in-transaction.ts';

/** The right to work on a key, for as long as the lease is renewed. */
export type Lease = {
  /** An earlier attempt began this work and ended without an answer: look what it left before doing anything anew. */
  resumed: boolean;
  /** Stores the answer, in the transaction of the work's last effect. Throws `LeaseLost` when another took the work up. */
  finish(tx: Tx, answer: StoredAnswer): Promise<void>;
};

/** This attempt took longer than its lease and another one has the work now. Nothing of this transaction may be kept. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor() {
    super('Another attempt took up the work of this Idempotency-Key.');
  }
}

export type LeasedOutcome =
  { kind: 'DONE'; answer: StoredAnswer } | { kind: 'REPLAY'; answer: StoredAnswer } | { kind: 'IN_FLIGHT' } | { kind: 'REUSED' };

/** A key may be purged between two looks at it; more often than this is no race any more. */
const MAX_LOOKS = 3;

/**
 * Idempotency for long work that is not one transaction, like a refund. `work` runs under a lease and calls `lease.finish` with
 * its answer in the transaction of its last effect. A refusal it throws is stored when it is of a kind that is stored; after any
 * other error the key is free at once, and the next attempt is told that it `resumed`. So it is after a crash, once the lease
 * ran out. Work that comes a hundred times at once holds its keys together: `held-keys.ts`.
 */
export async function withLease(
  database: Database,
  key: IdempotencyKey,
  work: (lease: Lease) => Promise<StoredAnswer>,
  options: { leaseMs?: number } = {},
): Promise<LeasedOutcome> {
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const claim = await claimOne(database, key, leaseMs);
  if (claim.kind !== 'RUN') return claim;
  const { held } = claim;
  const keeper = createLeaseKeeper(database, leaseMs);
  keeper.keep(held);
  try {
    return { kind: 'DONE', answer: await work({ resumed: held.resumed, finish: (tx, answer) => finish(tx, held, answer) }) };
  } catch (error) {
    const answer = error instanceof ApiError ? answerOfError(error) : null;
    // Neither may hide what happened: a key that cannot be stored or freed now is free when its lease runs out.
    if (answer !== null) await finish(database, held, answer).catch(() => undefined);
    else await freeKeys(database, [held]).catch(() => undefined);
    throw error;
  } finally {
    keeper.drop(held);
  }
}

async function claimOne(database: Database, key: IdempotencyKey, leaseMs: number): Promise<Claim> {
  for (let look = 1; ; look++) {
    try {
      const [claim] = await claimKeys(database, [key], leaseMs);
      return claim ?? { kind: 'IN_FLIGHT' };
    } catch (error) {
      if (!(error instanceof IdempotencyRace)) throw error;
      if (look >= MAX_LOOKS) return { kind: 'IN_FLIGHT' };
    }
  }
}

async function finish(tx: Tx, held: HeldKey, answer: StoredAnswer): Promise<void> {
  if ((await finishKeys(tx, [{ held, answer }])).size > 0) throw new LeaseLost();
}
