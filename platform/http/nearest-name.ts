/** Longer names are compared no further; no field of ours comes near. */
const MAX_COMPARED_LENGTH = 40;

/**
 * The known name that was probably meant: the same but for case, underscores and hyphens, else the one with the fewest edits,
 * when those are at most a third of its length.
 */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const plain = plainForm(given);
  const same = known.find((name) => plainForm(name) === plain);
  if (same !== undefined || given.length > MAX_COMPARED_LENGTH) return same;
  let best: { name: string; edits: number } | undefined;
  for (const name of known) {
    const edits = editDistance(plain, plainForm(name));
    if (edits <= name.length / 3 && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
}

function plainForm(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** Optimal string alignment: insertions, deletions, replacements, and swaps of neighbours, each one edit. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity;
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replace, swap));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
