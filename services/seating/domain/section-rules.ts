/** What both imports make of their input. Columns of a row are in the order in which its seats stand; numbers grow. */
export type RowDraft = {
  name: string;
  /** Where the problem is told if the row turns out to be wrong. */
  path: string;
  /** Null: by where the row stands, else by its place in the section. */
  rank: number | null;
  numbers: number[];
  priceCents: number[];
  positions: { x: number[]; y: number[] } | null;
  /** How far the ends of a row without positions bend towards the stage. */
  curve: number;
};
export type SectionDraft =
  | { name: string; kind: 'SEATED'; priceCents: number; rows: RowDraft[] }
  | { name: string; kind: 'GENERAL_ADMISSION'; priceCents: number; capacity: number };

/** What a seat plan may hold. */
export const LIMITS = {
  seatsPerEvent: 100_000,
  sectionsPerEvent: 500,
  rowsPerSection: 500,
  seatsPerRow: 1_000,
  capacity: 1_000_000,
  nameCharacters: 60,
  seatNumber: 999_999,
  /** Of x and y, either side of the stage. */
  coordinate: 100_000,
  /** More problems than these are not reported one by one. */
  problems: 20,
} as const;

const FORBIDDEN_CHARACTER = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Why a section or row cannot have this name; null when it can. Characters are code points. */
export function nameProblem(name: string): string | null {
  const length = [...name].length;
  if (length < 1 || length > LIMITS.nameCharacters)
    return `A name has 1 to ${LIMITS.nameCharacters} characters; this has ${length}.`;
  if (FORBIDDEN_CHARACTER.test(name)) return 'A name has no control characters, line breaks or changes of direction.';
  if (name.trim() !== name) return 'A name does not begin or end with a space.';
  return null;
}
