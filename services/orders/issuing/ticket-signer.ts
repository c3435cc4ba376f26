import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { ticketPayload, ticketTextToSign, type TicketClaims } from '../../../contracts/tickets.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { insertKey, lockActiveKeys, type SigningKeyRow } from '../store/signing-keys.ts';

export type TicketSigner = {
  keyId: string;
  /** Payload of a ticket's QR code, see contracts/tickets.ts. */
  payloadOf(claims: TicketClaims): string;
};

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PUBLIC_KEY_BYTES = 32;

/**
 * Signs with the newest key in the database that `secret` opens; makes one when there is none. So replacing `INTERNAL_SECRET`, or
 * setting `retired_at`, starts a new key by itself, while tickets signed before stay good by their public key.
 */
export async function openTicketSigner(database: Database, secret: string): Promise<TicketSigner> {
  const wrappingKey = Buffer.from(hkdfSync('sha256', secret, '', 'onsale ticket signing key', 32));
  const { keyId, privateKey } = await database.transaction(async (tx) => {
    for (const row of await lockActiveKeys(tx)) {
      const privateKey = unwrap(row, wrappingKey);
      if (privateKey !== null) return { keyId: row.keyId, privateKey };
    }
    const made = makeKey(wrappingKey);
    await insertKey(tx, made.row);
    return { keyId: made.row.keyId, privateKey: made.privateKey };
  });
  return {
    keyId,
    payloadOf: (claims) => {
      const text = ticketTextToSign(keyId, claims);
      return ticketPayload(text, sign(null, Buffer.from(text, 'ascii'), privateKey));
    },
  };
}

function makeKey(wrappingKey: Buffer): { row: SigningKeyRow; privateKey: KeyObject } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyId = randomBytes(4).toString('hex');
  // The raw key is the end of its DER form (RFC 8410).
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-PUBLIC_KEY_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce).setAAD(Buffer.from(keyId));
  const secret = Buffer.concat([cipher.update(privateKey.export({ type: 'pkcs8', format: 'der' })), cipher.final()]);
  return { row: { keyId, publicKey: raw, privateKey: Buffer.concat([nonce, cipher.getAuthTag(), secret]) }, privateKey };
}

/** Null when another secret wrapped it. */
function unwrap({ keyId, privateKey }: SigningKeyRow, wrappingKey: Buffer): KeyObject | null {
  try {
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey, privateKey.subarray(0, NONCE_BYTES));
    decipher.setAAD(Buffer.from(keyId)).setAuthTag(privateKey.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const der = Buffer.concat([decipher.update(privateKey.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    return null;
  }
}
