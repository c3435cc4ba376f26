import { LETTER } from '../../../live/seat-statuses.ts';
import type { SceneData } from './scene.ts';

/** Shows a whole new table of statuses. */
export function takeLetters({ layout, letters, freeBySection }: SceneData, next: Uint8Array): void {
  letters.set(next.subarray(0, layout.count));
  freeBySection.fill(0);
  for (let i = 0; i < layout.count; i += 1) {
    const section = layout.section[i] ?? 0;
    if (letters[i] === LETTER.available) freeBySection[section] = (freeBySection[section] ?? 0) + 1;
  }
}

/** Shows the new status of one seat. Returns the letter it had, or null if nothing changed. */
export function changeLetter(
  { layout, letters, freeBySection }: SceneData,
  seat: number,
  after: number | undefined,
): number | null {
  const before = letters[seat];
  if (before === undefined || after === undefined || before === after) return null;
  const section = layout.section[seat] ?? 0;
  const step = Number(after === LETTER.available) - Number(before === LETTER.available);
  freeBySection[section] = (freeBySection[section] ?? 0) + step;
  letters[seat] = after;
  return before;
}
