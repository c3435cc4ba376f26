/**
 * What a ticket's QR code holds, and how anyone with the public keys checks it without a network:
 *
 *     ONS1.<keyId>.<body>.<signature>
 *
 * `body` is base64url of 36 bytes: the UUID of the ticket (16), the UUID of the event (16), the serial (4, big-endian).
 * `signature` is base64url of the Ed25519 signature (RFC 8032) over the ASCII text before the last dot. `serial` grows when a
 * ticket is issued anew, so that an earlier code of the same ticket is recognised as out of date. The key id names which of
 * several public keys signed, so that keys can be replaced while tickets signed before stay good.
 */
export type TicketClaims = { ticketId: string; eventId: string; serial: number };

export type TicketPayload = { keyId: string; claims: TicketClaims; signedText: string; signature: Uint8Array<ArrayBuffer> };

/** Raw Ed25519 public keys (32 bytes) by key id. */
export type TicketKeys = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

export type TicketVerdict = { ok: true; claims: TicketClaims } | { ok: false; reason: 'MALFORMED' | 'UNKNOWN_KEY' | 'FORGED' };

const FORMAT = /^ONS1\.([a-z0-9]{8})\.([A-Za-z0-9_-]{48})\.([A-Za-z0-9_-]{86})$/;
const BODY_BYTES = 36;

/** The text that is signed. */
export function ticketTextToSign(keyId: string, claims: TicketClaims): string {
  const body = new Uint8Array(BODY_BYTES);
  body.set(uuidBytes(claims.ticketId), 0);
  body.set(uuidBytes(claims.eventId), 16);
  new DataView(body.buffer).setUint32(32, claims.serial);
  return `ONS1.${keyId}.${toBase64Url(body)}`;
}

export function ticketPayload(textToSign: string, signature: Uint8Array): string {
  return `${textToSign}.${toBase64Url(signature)}`;
}

/** Takes a payload apart without judging its signature; null when it is not of this form. */
export function parseTicketPayload(payload: string): TicketPayload | null {
  const match = FORMAT.exec(payload);
  const [, keyId, bodyText, signatureText] = match ?? [];
  if (keyId === undefined || bodyText === undefined || signatureText === undefined) return null;
  const body = fromBase64Url(bodyText);
  const claims = {
    ticketId: `tkt_${uuidText(body.subarray(0, 16))}`,
    eventId: `evt_${uuidText(body.subarray(16, 32))}`,
    serial: new DataView(body.buffer).getUint32(32),
  };
  return { keyId, claims, signedText: `ONS1.${keyId}.${bodyText}`, signature: fromBase64Url(signatureText) };
}

/** Whether one of these keys signed this payload. Runs in browsers as in Node (Web Cryptography). */
export async function verifyTicketPayload(payload: string, keys: TicketKeys): Promise<TicketVerdict> {
  const parsed = parseTicketPayload(payload);
  if (parsed === null) return { ok: false, reason: 'MALFORMED' };
  const raw = keys.get(parsed.keyId);
  if (raw === undefined) return { ok: false, reason: 'UNKNOWN_KEY' };
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
  const genuine = await subtle.verify('Ed25519', key, parsed.signature, new TextEncoder().encode(parsed.signedText));
  return genuine ? { ok: true, claims: parsed.claims } : { ok: false, reason: 'FORGED' };
}

function uuidBytes(id: string): Uint8Array {
  const hex = id.slice(id.indexOf('_') + 1).replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/.test(hex)) throw new Error(`${id} holds no UUID`);
  return Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16));
}

function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
}
