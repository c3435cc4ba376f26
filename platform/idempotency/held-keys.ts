import { randomUUID } from 'node:crypto';
import { sql, type Database, type Tx } from '../postgres/database.ts';
import { isStorable, type IdempotencyDecision, type StoredAnswer } from './answer.ts';
import type { IdempotencyKey } from './idempotency-key.ts';
import { findAnswers, IdempotencyRace } from './in-transaction.ts';

/** The right to work on a key, for as long as its lease is renewed. */
export type HeldKey = {
  scope: string;
  key: string;
  token: string;
  /** An earlier attempt began this work and ended without an answer: look what it left before doing anything anew. */
  resumed: boolean;
};

export type Claim = { kind: 'RUN'; held: HeldKey } | Exclude<IdempotencyDecision, { kind: 'RUN' }>;

/** How soon the work of a process that died is taken up again. Renewed three times in its length. */
export const LEASE_MS = 10_000;

// Here and below in order of the key, so that two batches with keys in common wait for one another and never in a circle.
const CLAIM = sql(
  'idempotency.claim',
  `INSERT INTO idempotency_key AS k (scope, key, request_hash, locked_until, lock_token)
   SELECT scope, key, request_hash, clock_timestamp() + $5 * interval '1 millisecond', token
     FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[]) AS wanted (scope, key, request_hash, token)
    ORDER BY scope, key
       ON CONFLICT (scope, key) DO UPDATE SET locked_until = excluded.locked_until, lock_token = excluded.lock_token
          WHERE k.status IS NULL AND k.locked_until < clock_timestamp() AND k.request_hash = excluded.request_hash
   RETURNING k.lock_token AS token, (xmax <> 0) AS resumed`,
);
const FINISH = sql(
  'idempotency.finish',
  `UPDATE idempotency_key AS k SET status = done.status, body = done.body, locked_until = NULL, lock_token = NULL
     FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::text[]) AS done (scope, key, token, status, body)
    WHERE k.scope = done.scope AND k.key = done.key AND k.lock_token = done.token AND k.status IS NULL
   RETURNING done.token`,
);
const LOCK_UNTIL = sql(
  'idempotency.lock_until',
  `UPDATE idempotency_key AS k SET locked_until = CASE WHEN $4 > 0 THEN clock_timestamp() + $4 * interval '1 millisecond' ELSE '-infinity' END
     FROM unnest($1::text[], $2::text[], $3::text[]) AS held (scope, key, token)
    WHERE k.scope = held.scope AND k.key = held.key AND k.lock_token = held.token AND k.status IS NULL`,
);

/**
 * Takes keys for long work, as many as came together: each is held from here on by whoever is answered RUN. A key that comes twice
 * runs once. Throws `IdempotencyRace` when a key was purged at the same moment: run it again.
 */
export async function claimKeys(tx: Tx, keys: readonly IdempotencyKey[], leaseMs = LEASE_MS): Promise<Claim[]> {
  const wanted = new Map<string, { key: IdempotencyKey; token: string }>();
  for (const key of keys) if (!wanted.has(nameOf(key))) wanted.set(nameOf(key), { key, token: randomUUID() });
  const own = await claim(tx, [...wanted.values()], leaseMs);
  const others = [...wanted.values()].filter(({ token }) => !own.has(token)).map(({ key }) => key);
  const answers = await findAnswers(tx, others);
  const running = new Set<string>();
  return keys.map((key): Claim => {
    const name = nameOf(key);
    const { key: first, token } = wanted.get(name) ?? { key, token: '' };
    const resumed = own.get(token);
    if (resumed === undefined) return decided(answers.decide(key));
    if (!first.requestHash.equals(key.requestHash)) return { kind: 'REUSED' };
    if (running.has(name)) return { kind: 'IN_FLIGHT' };
    running.add(name);
    return { kind: 'RUN', held: { scope: key.scope, key: key.key, token, resumed } };
  });
}

async function claim(
  tx: Tx,
  wanted: readonly { key: IdempotencyKey; token: string }[],
  leaseMs: number,
): Promise<Map<string, boolean>> {
  const rows = await tx.rows<{ token: string; resumed: boolean }>(CLAIM, [
    wanted.map(({ key }) => key.scope),
    wanted.map(({ key }) => key.key),
    wanted.map(({ key }) => key.requestHash),
    wanted.map(({ token }) => token),
    leaseMs,
  ]);
  return new Map(rows.map(({ token, resumed }) => [token, resumed]));
}

function decided(decision: IdempotencyDecision): Claim {
  if (decision.kind === 'RUN') throw new IdempotencyRace();
  return decision;
}

/**
 * Stores answers, in the transaction of the work's last effect.
 *
 * @returns the tokens of those that another attempt has taken up meanwhile; their answers are not stored
 */
export async function finishKeys(
  tx: Tx,
  finished: readonly { held: HeldKey; answer: StoredAnswer }[],
): Promise<ReadonlySet<string>> {
  if (finished.length === 0) return new Set();
  const wrong = finished.find(({ answer }) => !isStorable(answer.status));
  if (wrong !== undefined) throw new Error(`An answer with status ${wrong.answer.status} is never stored.`);
  const rows = finished.toSorted((a, b) => inOrder(a.held, b.held));
  const stored = await tx.rows<{ token: string }>(FINISH, [
    ...columns(rows.map(({ held }) => held)),
    rows.map(({ answer }) => answer.status),
    rows.map(({ answer }) => JSON.stringify(answer.body ?? null)),
  ]);
  const lost = new Set(rows.map(({ held }) => held.token));
  for (const { token } of stored) lost.delete(token);
  return lost;
}

/** Ends leases without an answer. The rows stay, so that the next attempt knows that something was begun. */
export async function freeKeys(tx: Tx, held: readonly HeldKey[]): Promise<void> {
  if (held.length > 0) await tx.run(LOCK_UNTIL, [...columns(held.toSorted(inOrder)), 0]);
}

/** Renews the leases of work under way in this process. */
export type LeaseKeeper = { keep(held: HeldKey): void; drop(held: HeldKey): void };

/** All leases in one statement, three times in the length of one; nothing while there are none. */
export function createLeaseKeeper(database: Pick<Database, 'run'>, leaseMs = LEASE_MS): LeaseKeeper {
  const kept = new Map<string, HeldKey>();
  let timer: NodeJS.Timeout | null = null;

  function renew(): void {
    const held = [...kept.values()].toSorted(inOrder);
    database.run(LOCK_UNTIL, [...columns(held), leaseMs]).catch(() => undefined);
  }

  return {
    keep: (held) => {
      kept.set(held.token, held);
      timer ??= setInterval(renew, leaseMs / 3);
    },
    drop: ({ token }) => {
      kept.delete(token);
      if (kept.size > 0 || timer === null) return;
      clearInterval(timer);
      timer = null;
    },
  };
}

function columns(held: readonly HeldKey[]): string[][] {
  return [held.map(({ scope }) => scope), held.map(({ key }) => key), held.map(({ token }) => token)];
}

function inOrder(a: HeldKey, b: HeldKey): number {
  return compare(a.scope, b.scope) || compare(a.key, b.key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function nameOf({ scope, key }: IdempotencyKey): string {
  return `${scope}\n${key}`;
}
