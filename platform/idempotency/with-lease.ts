import { randomUUID } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';
import { sql, type Database, type Tx } from '../postgres/database.ts';
import { answerOfError, isStorable, type StoredAnswer } from './answer.ts';
import type { IdempotencyKey } from './idempotency-key.ts';
import { answerOf } from './in-transaction.ts';

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

/** How soon the work of a process that died is taken up again. Renewed three times in its length. */
const LEASE_MS = 10_000;
/** A key may be purged between two looks at it; more often than this is no race any more. */
const MAX_LOOKS = 3;

const BEGIN = sql(
  'idempotency.begin',
  `INSERT INTO idempotency_key AS k (scope, key, request_hash, locked_until, lock_token)
   VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond', $5)
       ON CONFLICT (scope, key) DO UPDATE SET locked_until = excluded.locked_until, lock_token = excluded.lock_token
          WHERE k.status IS NULL AND k.locked_until < clock_timestamp() AND k.request_hash = excluded.request_hash
   RETURNING (xmax <> 0) AS resumed`,
);
const LOOK = sql('idempotency.look', 'SELECT request_hash, status, body FROM idempotency_key WHERE scope = $1 AND key = $2');
const RENEW = sql(
  'idempotency.renew',
  `UPDATE idempotency_key SET locked_until = clock_timestamp() + $4 * interval '1 millisecond'
    WHERE scope = $1 AND key = $2 AND lock_token = $3 AND status IS NULL`,
);
const FINISH = sql(
  'idempotency.finish',
  `UPDATE idempotency_key SET status = $4, body = $5, locked_until = NULL, lock_token = NULL
    WHERE scope = $1 AND key = $2 AND lock_token = $3 AND status IS NULL`,
);
// The row stays, so that the next attempt knows that something was begun; only the lock ends.
const GIVE_UP = sql(
  'idempotency.give_up',
  `UPDATE idempotency_key SET locked_until = '-infinity' WHERE scope = $1 AND key = $2 AND lock_token = $3`,
);

/**
 * Idempotency for long work that is not one transaction, like a charge. `work` runs under a lease and calls `lease.finish` with
 * its answer in the transaction of its last effect. A refusal it throws is stored when it is of a kind that is stored; after any
 * other error the key is free at once, and the next attempt is told that it `resumed`. So it is after a crash, once the lease
 * ran out.
 */
export async function withLease(
  database: Database,
  key: IdempotencyKey,
  work: (lease: Lease) => Promise<StoredAnswer>,
  options: { leaseMs?: number } = {},
): Promise<LeasedOutcome> {
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const begun = await begin(database, key, leaseMs);
  if (begun.kind !== 'RUN') return begun;
  const held = [key.scope, key.key, begun.token];
  const renewal = setInterval(() => void database.run(RENEW, [...held, leaseMs]).catch(() => undefined), leaseMs / 3);
  try {
    return { kind: 'DONE', answer: await work({ resumed: begun.resumed, finish: (tx, answer) => finish(tx, held, answer) }) };
  } catch (error) {
    const answer = error instanceof ApiError ? answerOfError(error) : null;
    // Neither may hide what happened: a key that cannot be stored or freed now is free when its lease runs out.
    if (answer !== null) await finish(database, held, answer).catch(() => undefined);
    else await database.run(GIVE_UP, held).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

type Begun = Exclude<LeasedOutcome, { kind: 'DONE' }> | { kind: 'RUN'; token: string; resumed: boolean };

async function begin(database: Database, key: IdempotencyKey, leaseMs: number): Promise<Begun> {
  for (let look = 0; look < MAX_LOOKS; look++) {
    const token = randomUUID();
    const [own] = await database.rows<{ resumed: boolean }>(BEGIN, [key.scope, key.key, key.requestHash, leaseMs, token]);
    if (own !== undefined) return { kind: 'RUN', token, resumed: own.resumed };
    const [other] = await database.rows<{ request_hash: Buffer; status: number | null; body: string | null }>(LOOK, [
      key.scope,
      key.key,
    ]);
    if (other === undefined) continue;
    if (!other.request_hash.equals(key.requestHash)) return { kind: 'REUSED' };
    const answer = answerOf(other);
    return answer === null ? { kind: 'IN_FLIGHT' } : { kind: 'REPLAY', answer };
  }
  return { kind: 'IN_FLIGHT' };
}

async function finish(tx: Tx, held: readonly string[], answer: StoredAnswer): Promise<void> {
  if (!isStorable(answer.status)) throw new Error(`An answer with status ${answer.status} is never stored.`);
  const stored = await tx.run(FINISH, [...held, answer.status, JSON.stringify(answer.body ?? null)]);
  if (stored !== 1) throw new LeaseLost();
}
