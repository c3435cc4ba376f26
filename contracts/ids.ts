import { Type } from 'typebox';
import { uuidV7 } from './uuid-v7.ts';

/** What an id is of; the prefix tells a reader of a log line which table to look in. */
export const ID_PREFIXES = {
  user: 'usr',
  venue: 'ven',
  event: 'evt',
  reservation: 'res',
  order: 'ord',
  payment: 'pay',
  refund: 'ref',
  ticket: 'tkt',
  session: 'ses',
  notification: 'ntf',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

/** A new id: the kind's prefix and a UUIDv7 (RFC 9562), so ids made later sort later. */
export function newId(kind: IdKind): string {
  return `${ID_PREFIXES[kind]}_${uuidV7()}`;
}

const UUID_PATTERN = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

/** Schema of an id in a body or query. */
export function idSchema(kind: IdKind) {
  return Type.String({
    pattern: `^${ID_PREFIXES[kind]}_${UUID_PATTERN}$`,
    maxLength: 40,
    description: `${ID_PREFIXES[kind]}_ and a UUIDv7`,
  });
}

const patterns = Object.fromEntries(
  Object.entries(ID_PREFIXES).map(([kind, prefix]) => [kind, new RegExp(`^${prefix}_${UUID_PATTERN}$`)]),
);

/** Whether a text has the form of an id of this kind; a path with another form names nothing, so it is a 404. */
export function isId(kind: IdKind, text: string): boolean {
  return patterns[kind]?.test(text) ?? false;
}
