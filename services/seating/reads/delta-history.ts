import type { SeatDelta } from '../../../contracts/http/seating.ts';

/** Kept for readers that come back: at most so many deltas, with at most so many changes of seats in all. */
const MAX_DELTAS = 2_000;
const MAX_CHANGES = 40_000;

/** The last deltas of an event, without a gap. */
export type DeltaHistory = {
  push(delta: SeatDelta): void;
  clear(): void;
  /** What led from one version to another, a later one that has been pushed; null when it is no longer kept. */
  between(from: number, to: number): readonly SeatDelta[] | null;
};

export function createDeltaHistory(): DeltaHistory {
  let deltas: SeatDelta[] = [];
  let changes = 0;

  /** The first delta that ends after the version: they are in order, so it is found by halving. */
  function firstAfter(version: number): number {
    let [low, high] = [0, deltas.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((deltas[middle]?.version ?? 0) > version) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    push(delta) {
      deltas.push(delta);
      changes += delta.changes.length;
      if (deltas.length <= MAX_DELTAS && changes <= MAX_CHANGES) return;
      // A fifth at a time: dropping the first of an array moves all others.
      for (const dropped of deltas.splice(0, Math.ceil(deltas.length / 5))) changes -= dropped.changes.length;
    },
    clear() {
      deltas = [];
      changes = 0;
    },
    between(from, to) {
      const found = deltas.slice(firstAfter(from), firstAfter(to));
      return found[0]?.version === from + 1 && found.at(-1)?.version === to ? found : null;
    },
  };
}
