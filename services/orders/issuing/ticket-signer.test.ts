import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { parseTicketPayload, verifyTicketPayload } from '../../../contracts/tickets.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { newConfirmationNumber, newTicketCode } from './codes.ts';
import { openTicketSigner } from './ticket-signer.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase([new URL('../migrations/', import.meta.url)]);
});
afterAll(() => db.drop());

async function publicKeys(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const rows = await db.database.rows<{ key_id: string; public_key: Buffer }>({
    name: 'test.keys',
    text: 'select key_id, public_key from signing_key',
  });
  return new Map(rows.map((row) => [row.key_id, new Uint8Array(row.public_key)]));
}

const claims = { ticketId: newId('ticket'), eventId: newId('event'), serial: 7 };

describe('a ticket’s QR payload', () => {
  it('is checked by the public key alone, and says what was signed', async () => {
    const payload = (await openTicketSigner(db.database, 'secret one')).payloadOf(claims);
    expect(payload.length).toBeLessThan(160);
    expect(await verifyTicketPayload(payload, await publicKeys())).toEqual({ ok: true, claims });
  });

  it('is refused when anything in it was changed', async () => {
    const signer = await openTicketSigner(db.database, 'secret one');
    const payload = signer.payloadOf(claims);
    const keys = await publicKeys();
    const other = signer.payloadOf({ ...claims, serial: 8 });
    const mixed = [...payload.split('.').slice(0, 3), other.split('.')[3]].join('.');
    expect(await verifyTicketPayload(mixed, keys)).toEqual({ ok: false, reason: 'FORGED' });
    expect(await verifyTicketPayload(payload, new Map())).toEqual({ ok: false, reason: 'UNKNOWN_KEY' });
    for (const broken of ['', 'ONS1', payload.slice(1), `${payload}x`, payload.replace('ONS1', 'ONS2')]) {
      expect(await verifyTicketPayload(broken, keys)).toEqual({ ok: false, reason: 'MALFORMED' });
    }
  });

  it('carries any serial there and back', async () => {
    const signer = await openTicketSigner(db.database, 'secret one');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (serial) => {
        expect(parseTicketPayload(signer.payloadOf({ ...claims, serial }))?.claims).toEqual({ ...claims, serial });
      }),
    );
  });

  it('is signed by one key however many processes start, and by a new one under a new secret; both stay good', async () => {
    const signers = await Promise.all(Array.from({ length: 4 }, () => openTicketSigner(db.database, 'secret two')));
    expect(new Set(signers.map(({ keyId }) => keyId)).size).toBe(1);
    const before = await openTicketSigner(db.database, 'secret one');
    expect(before.keyId).not.toBe(signers[0]?.keyId);
    const keys = await publicKeys();
    for (const signer of [before, signers[0] ?? before]) {
      expect(await verifyTicketPayload(signer.payloadOf(claims), keys)).toMatchObject({ ok: true });
    }
  });
});

describe('codes', () => {
  it('have no letters that are read as others', () => {
    for (let count = 0; count < 200; count++) {
      expect(newConfirmationNumber()).toMatch(/^[2-9A-HJKMNP-TW-Z]{3}(-[2-9A-HJKMNP-TW-Z]{3}){2}$/);
      expect(newTicketCode()).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
    }
  });
});
