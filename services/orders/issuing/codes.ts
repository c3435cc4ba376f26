import { randomInt } from 'node:crypto';

/** No 0/O, 1/I/L, U/V: a number that is read aloud or copied from a mail arrives as it was. */
const CONFIRMATION_ALPHABET = '23456789ABCDEFGHJKMNPQRSTWXYZ';
/** Crockford's base 32 (https://www.crockford.com/base32.html). */
const TICKET_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** For people, e.g. `K7M-4QX-2PR`. 29^9 of them: a collision is one in millions even among a million orders, and only means another try. */
export function newConfirmationNumber(): string {
  return [3, 3, 3].map((length) => draw(CONFIRMATION_ALPHABET, length)).join('-');
}

/** 50 random bits: readable at a door, and not to be guessed. */
export function newTicketCode(): string {
  return draw(TICKET_ALPHABET, 10);
}

function draw(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
