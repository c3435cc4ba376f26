const IN_QUERY = /[?&]eventId=(evt_[\w-]{1,60})/;
const IN_BODY = /"eventId"\s*:\s*"(evt_[\w-]{1,60})"/;
/** What lies behind is a seat plan, which names its event first. */
const LOOKED_AT = 4_096;

/**
 * What keeps the writes of an event together at one replica, which then does many of them in one transaction; null for reads, and when
 * the request does not name its event plainly. Only speed depends on it.
 */
export function eventKeyOf(method: string, path: string, body: string | Buffer | undefined): string | null {
  if (method === 'GET' || method === 'HEAD') return null;
  const [, inQuery] = IN_QUERY.exec(path) ?? [];
  if (inQuery !== undefined) return inQuery;
  if (body === undefined) return null;
  const text = typeof body === 'string' ? body.slice(0, LOOKED_AT) : body.toString('latin1', 0, LOOKED_AT);
  return IN_BODY.exec(text)?.[1] ?? null;
}
