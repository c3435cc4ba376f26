import { isId, type IdKind } from '../../../contracts/ids.ts';
import { validationFailed } from '../../../platform/http/validation.ts';

export const DEFAULT_PAGE_SIZE = 20;

/** Lists here are in the order of ids, so the cursor is the last id of the page. @throws ApiError `VALIDATION_FAILED` */
export function placeOf(kind: IdKind, cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = Buffer.from(cursor, 'base64url').toString();
  if (!isId(kind, id)) throw validationFailed([{ path: 'query.cursor', message: 'is not a nextCursor of this list' }]);
  return id;
}

/** A page of `limit` out of the `limit + 1` that were read. */
export function pageOf<T>(
  read: readonly T[],
  limit: number,
  idOf: (item: T) => string,
): { items: T[]; nextCursor: string | null } {
  const items = read.slice(0, limit);
  const last = items.at(-1);
  const more = read.length > limit && last !== undefined;
  return { items, nextCursor: more ? Buffer.from(idOf(last)).toString('base64url') : null };
}
