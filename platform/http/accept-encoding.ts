/** Content codings that answers are made in; the first is preferred where a client likes both the same. */
export const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Browsers send a handful of different headers; whoever sends many gets them read each time. */
const MAX_REMEMBERED = 100;
const MAX_REMEMBERED_LENGTH = 100;
const remembered = new Map<string, Encoding | null>();

/** What to send to a client with this `Accept-Encoding` (RFC 9110, 12.5.3); null: the bytes as they are. */
export function acceptedEncoding(header: string | undefined): Encoding | null {
  if (header === undefined) return null;
  const known = remembered.get(header);
  if (known !== undefined) return known;
  const chosen = choose(header);
  if (header.length <= MAX_REMEMBERED_LENGTH && remembered.size < MAX_REMEMBERED) remembered.set(header, chosen);
  return chosen;
}

function choose(header: string): Encoding | null {
  const weights = new Map(header.split(',').map(weightOf));
  const others = weights.get('*') ?? 0;
  const weigh = (encoding: Encoding): number =>
    weights.get(encoding) ?? (encoding === 'gzip' ? weights.get('x-gzip') : undefined) ?? others;
  const [best] = [...ENCODINGS].sort((a, b) => weigh(b) - weigh(a));
  if (best === undefined || weigh(best) === 0) return null;
  // Not named, it may be sent, but whoever names another coding would rather have that.
  return (weights.get('identity') ?? 0) > weigh(best) ? null : best;
}

/** `gzip;q=0.5` → ['gzip', 0.5]. A weight that is none counts as 0: nobody gets what they may not be able to read. */
function weightOf(item: string): [name: string, weight: number] {
  const [name = '', ...parameters] = item.toLowerCase().split(';');
  const weight = parameters.map((parameter) => /^\s*q=(.*)$/.exec(parameter)?.[1]).find((found) => found !== undefined);
  if (weight === undefined) return [name.trim(), 1];
  return [name.trim(), /^(0(\.\d{0,3})?|1(\.0{0,3})?)\s*$/.test(weight) ? Number(weight) : 0];
}
