import { sql, type Tx } from '../../../platform/postgres/database.ts';

export type SigningKeyRow = { keyId: string; publicKey: Buffer; privateKey: Buffer };

const ACTIVE = sql(
  'orders.active_signing_keys',
  `select key_id as "keyId", public_key as "publicKey", private_key as "privateKey" from signing_key
   where retired_at is null order by created_at desc, key_id`,
);
const INSERT = sql('orders.insert_signing_key', `insert into signing_key (key_id, public_key, private_key) values ($1, $2, $3)`);
/** Processes that start together make one key between them. */
const LOCK = sql('orders.lock_signing_keys', `lock table signing_key in share row exclusive mode`);

/** Keys that may sign, the newest first, under a lock that keeps others from making one meanwhile. */
export async function lockActiveKeys(tx: Tx): Promise<SigningKeyRow[]> {
  await tx.run(LOCK);
  return tx.rows<SigningKeyRow>(ACTIVE);
}

export async function insertKey(tx: Tx, key: SigningKeyRow): Promise<void> {
  await tx.run(INSERT, [key.keyId, key.publicKey, key.privateKey]);
}
