import type { SeatDelta, SeatLetter } from '../../../contracts/http/seating.ts';

/** The status of every seat of an event at one version; seat i is at index i - 1, as the code of its letter. */
export type SeatStatusTable = { version: number; letters: Uint8Array };

export const LETTER = { available: 65, reserved: 82, allocated: 76, blocked: 66 } as const;

export function tableFrom(version: number, statuses: string): SeatStatusTable {
  const letters = new Uint8Array(statuses.length);
  for (let i = 0; i < statuses.length; i += 1) letters[i] = statuses.charCodeAt(i);
  return { version, letters };
}

/**
 * Moves a table on by one delta, in place. Versions have no gaps, and a delta of several names the one it goes on from, so:
 * an older or repeated one is `stale` and changes nothing; one that skips is a `gap`, and only a new snapshot helps.
 */
export function applyDelta(table: SeatStatusTable, delta: Pick<SeatDelta, 'version' | 'changes'>): 'applied' | 'stale' | 'gap' {
  if (delta.version <= table.version) return 'stale';
  if (delta.version > table.version + 1) return 'gap';
  for (const [seatId] of delta.changes) if (seatId < 1 || seatId > table.letters.length) return 'gap';
  for (const [seatId, letter] of delta.changes) table.letters[seatId - 1] = letter.charCodeAt(0);
  table.version = delta.version;
  return 'applied';
}

/** What differs between two tables, to show a new snapshot as changes; `null` when the seats themselves changed. */
export function difference(before: SeatStatusTable, after: SeatStatusTable): [seatId: number, status: SeatLetter][] | null {
  if (before.letters.length !== after.letters.length) return null;
  const changes: [number, SeatLetter][] = [];
  for (let i = 0; i < after.letters.length; i += 1) {
    const letter = after.letters[i];
    if (letter !== undefined && letter !== before.letters[i]) changes.push([i + 1, letterOf(letter)]);
  }
  return changes;
}

export function letterOf(code: number): SeatLetter {
  if (code === LETTER.available) return 'A';
  if (code === LETTER.reserved) return 'R';
  return code === LETTER.blocked ? 'B' : 'L';
}
