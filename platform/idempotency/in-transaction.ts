import { sql, type Tx } from '../postgres/database.ts';
import type { IdempotencyDecision, StoredAnswer } from './answer.ts';
import type { IdempotencyKey } from './idempotency-key.ts';

/**
 * Idempotency for work that is one transaction, alone or as part of a batch:
 *
 *     const answers = await findAnswers(tx, keys);      // after the locks of the work were taken
 *     for each request, in order of arrival:
 *       const decision = answers.decide(key);
 *       if (decision.kind === 'RUN') { …; answers.record(key, answer); }
 *     await answers.save(tx);
 *
 * The key is committed with its effect. A key that comes twice in one batch runs once; the second gets the first's answer as
 * a replay. Hundreds of keys cost two statements, no keys cost none.
 */
export type Answers = {
  decide(key: IdempotencyKey): IdempotencyDecision;
  /** Keeps the answer for `save`; what is not recorded is not stored (401, 429, 5xx: see `isStorable`). */
  record(key: IdempotencyKey, answer: StoredAnswer): void;
  /** Throws `IdempotencyRace` when another transaction stored one of the keys meanwhile: roll back and run again. */
  save(tx: Tx): Promise<void>;
};

/** Another transaction committed the same key while this one was under way. Nothing of this one may be kept. */
export class IdempotencyRace extends Error {
  override readonly name = 'IdempotencyRace';

  constructor() {
    super('A request with the same Idempotency-Key was committed at the same moment.');
  }
}

type Row = { scope: string; key: string; request_hash: Buffer; status: number | null; body: string | null };

const FIND = sql(
  'idempotency.find_answers',
  `SELECT k.scope, k.key, k.request_hash, k.status, k.body
     FROM unnest($1::text[], $2::text[]) AS wanted (scope, key)
     JOIN idempotency_key k ON k.scope = wanted.scope AND k.key = wanted.key`,
);

// In order of the key, so that two batches with keys in common wait for one another and never in a circle.
const RECORD = sql(
  'idempotency.record_answers',
  `INSERT INTO idempotency_key (scope, key, request_hash, status, body)
   SELECT scope, key, request_hash, status, body
     FROM unnest($1::text[], $2::text[], $3::bytea[], $4::smallint[], $5::text[]) AS answer (scope, key, request_hash, status, body)
    ORDER BY scope, key
       ON CONFLICT DO NOTHING`,
);

export async function findAnswers(tx: Tx, keys: readonly IdempotencyKey[]): Promise<Answers> {
  const known = new Map<string, { requestHash: Buffer; answer: StoredAnswer | null }>();
  if (keys.length > 0) {
    const rows = await tx.rows<Row>(FIND, [keys.map(({ scope }) => scope), keys.map(({ key }) => key)]);
    for (const row of rows) known.set(nameOf(row), { requestHash: row.request_hash, answer: answerOf(row) });
  }
  const recorded = new Map<string, { key: IdempotencyKey; answer: StoredAnswer }>();
  return {
    decide: (key) => {
      const entry = known.get(nameOf(key));
      if (entry === undefined) return { kind: 'RUN' };
      if (!entry.requestHash.equals(key.requestHash)) return { kind: 'REUSED' };
      return entry.answer === null ? { kind: 'IN_FLIGHT' } : { kind: 'REPLAY', answer: entry.answer };
    },
    record: (key, answer) => {
      known.set(nameOf(key), { requestHash: key.requestHash, answer });
      recorded.set(nameOf(key), { key, answer });
    },
    save: (tx) => recordAnswers(tx, [...recorded.values()]),
  };
}

async function recordAnswers(tx: Tx, rows: readonly { key: IdempotencyKey; answer: StoredAnswer }[]): Promise<void> {
  if (rows.length === 0) return;
  const stored = await tx.run(RECORD, [
    rows.map(({ key }) => key.scope),
    rows.map(({ key }) => key.key),
    rows.map(({ key }) => key.requestHash),
    rows.map(({ answer }) => answer.status),
    rows.map(({ answer }) => JSON.stringify(answer.body ?? null)),
  ]);
  if (stored !== rows.length) throw new IdempotencyRace();
}

export function answerOf(row: { status: number | null; body: string | null }): StoredAnswer | null {
  return row.status === null ? null : { status: row.status, body: JSON.parse(row.body ?? 'null') };
}

function nameOf(key: { scope: string; key: string }): string {
  return `${key.scope}\n${key.key}`;
}
