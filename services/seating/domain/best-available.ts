import type { Layout, Row } from './layout.ts';
import { splitIntoGroups, type Run } from './split-groups.ts';

/** Without a section or a highest price: any. A seat costs what `Layout.priceCents` says. */
export type BestAvailableRequest = { quantity: number; sectionIndex?: number | undefined; maxPriceCents?: number | undefined };

export type SeatChooser = {
  /**
   * The best free seats, ascending; null only when there really are not enough. Chooses, but takes nothing.
   * 1. Side by side in one row, the nearest to the stage that leaves no single free seat alone (between taken seats, or between a
   *    taken one and the row's end); in the row those nearest the stage, then nearest the row's middle.
   * 2. The same, where leaving one alone cannot be avoided.
   * 3. In as few groups as possible, as near to one another as possible.
   */
  choose(request: BestAvailableRequest): number[] | null;
  /** How many free seats there are to choose from. */
  countFree(limits: Omit<BestAvailableRequest, 'quantity'>): number;
  /** To be told of every seat that is no longer free, and of every one that is again; saying it twice changes nothing. */
  taken(seatIds: Iterable<number>): void;
  freed(seatIds: Iterable<number>): void;
};

type Free = { layout: Layout; free: Uint8Array };
type Window = { firstSeatId: number; lonely: boolean };

/** Looks at every seat once. After that a choice reads only the rows that may hold it. */
export function createSeatChooser(layout: Layout, isFree: (seatId: number) => boolean): SeatChooser {
  const free = new Uint8Array(layout.seatRow.length);
  for (let i = 0; i < free.length; i++) free[i] = isFree(i + 1) ? 1 : 0;
  const state = { layout, free };
  const UNKNOWN = -1;
  const longestRuns = new Int32Array(layout.rows.length).fill(UNKNOWN);
  // A price too low for anything must not cost a look at every seat.
  const lowestPrices = layout.rows.map((row) => lowestPrice(layout, row));
  const rowsBySection = new Map<number, Int32Array>();

  function set(seatIds: Iterable<number>, value: 0 | 1): void {
    for (const seatId of seatIds) {
      const rowIndex = layout.seatRow[seatId - 1];
      if (rowIndex === undefined) continue;
      free[seatId - 1] = value;
      longestRuns[rowIndex] = UNKNOWN;
    }
  }

  /** Of any price, so that it serves every request. */
  function longestRun(rowIndex: number, row: Row): number {
    if (longestRuns[rowIndex] === UNKNOWN) longestRuns[rowIndex] = longestFreeRun(state, row);
    return longestRuns[rowIndex] ?? 0;
  }

  function isTooDear(rowIndex: number, maxPriceCents: number): boolean {
    return (lowestPrices[rowIndex] ?? 0) > maxPriceCents;
  }

  function rowsOf(sectionIndex: number | undefined): Int32Array {
    if (sectionIndex === undefined) return layout.rowsByRank;
    const known = rowsBySection.get(sectionIndex);
    if (known !== undefined) return known;
    const rows = layout.rowsByRank.filter((rowIndex) => layout.rows[rowIndex]?.sectionIndex === sectionIndex);
    rowsBySection.set(sectionIndex, rows);
    return rows;
  }

  function choose({ quantity, sectionIndex, maxPriceCents = Infinity }: BestAvailableRequest): number[] | null {
    const rowIndexes = rowsOf(sectionIndex);
    let fallback: Row | undefined;
    for (const rowIndex of rowIndexes) {
      const row = layout.rows[rowIndex];
      if (row === undefined || isTooDear(rowIndex, maxPriceCents) || longestRun(rowIndex, row) < quantity) continue;
      const windows = windowsOf(state, row, quantity, maxPriceCents);
      if (windows.some((window) => !window.lonely)) return seatIdsFrom(bestWindow(layout, row, quantity, windows), quantity);
      if (windows.length > 0) fallback ??= row;
    }
    if (fallback !== undefined) {
      return seatIdsFrom(bestWindow(layout, fallback, quantity, windowsOf(state, fallback, quantity, maxPriceCents)), quantity);
    }
    return splitIntoGroups(layout, freeRuns(rowIndexes, maxPriceCents), quantity);
  }

  /** Of every row that has any, the row nearest the stage first. */
  function freeRuns(rowIndexes: Int32Array, maxPriceCents: number): Run[] {
    const runs: Run[] = [];
    for (const rowIndex of rowIndexes) {
      const row = layout.rows[rowIndex];
      if (row !== undefined && !isTooDear(rowIndex, maxPriceCents) && longestRun(rowIndex, row) > 0)
        addRuns(state, row, maxPriceCents, runs);
    }
    return runs;
  }

  function countFree({ sectionIndex, maxPriceCents = Infinity }: Omit<BestAvailableRequest, 'quantity'>): number {
    return freeRuns(rowsOf(sectionIndex), maxPriceCents).reduce((sum, run) => sum + run.length, 0);
  }

  return { choose, countFree, taken: (seatIds) => set(seatIds, 0), freed: (seatIds) => set(seatIds, 1) };
}

function lowestPrice({ priceCents }: Layout, row: Row): number {
  let lowest = Infinity;
  for (let seatId = row.firstSeatId; seatId <= row.lastSeatId; seatId++) {
    lowest = Math.min(lowest, priceCents[seatId - 1] ?? Infinity);
  }
  return lowest;
}

function longestFreeRun({ free }: Free, row: Row): number {
  let longest = 0;
  let length = 0;
  for (let seatId = row.firstSeatId; seatId <= row.lastSeatId; seatId++) {
    length = free[seatId - 1] === 1 ? length + 1 : 0;
    if (length > longest) longest = length;
  }
  return longest;
}

/** Every place in a row where `quantity` free seats at that price or less stand side by side. */
function windowsOf(state: Free, row: Row, quantity: number, maxPriceCents: number): Window[] {
  const windows: Window[] = [];
  let length = 0;
  for (let seatId = row.firstSeatId; seatId <= row.lastSeatId; seatId++) {
    length = isOffered(state, seatId, maxPriceCents) ? length + 1 : 0;
    if (length >= quantity) {
      const firstSeatId = seatId - quantity + 1;
      windows.push({ firstSeatId, lonely: isAlone(state, row, firstSeatId - 1, -1) || isAlone(state, row, seatId + 1, 1) });
    }
  }
  return windows;
}

function isOffered({ layout, free }: Free, seatId: number, maxPriceCents: number): boolean {
  return free[seatId - 1] === 1 && (layout.priceCents[seatId - 1] ?? Infinity) <= maxPriceCents;
}

/** Whether the seat beside a window would be free with nothing free beyond it. */
function isAlone(state: Free, row: Row, seatId: number, outwards: 1 | -1): boolean {
  return isFreeInRow(state, row, seatId) && !isFreeInRow(state, row, seatId + outwards);
}

function isFreeInRow({ free }: Free, row: Row, seatId: number): boolean {
  return seatId >= row.firstSeatId && seatId <= row.lastSeatId && free[seatId - 1] === 1;
}

/**
 * Of the windows that leave nobody alone, or of all when there are none: the nearest to the stage. Differences of less than half
 * a seat are none (plans have rounded positions, and a row bent round the stage is equally far everywhere): then the one
 * nearest the middle of the row.
 */
function bestWindow(layout: Layout, row: Row, quantity: number, windows: readonly Window[]): number {
  const clean = windows.filter((window) => !window.lonely);
  const candidates = (clean.length > 0 ? clean : windows).map((window) => window.firstSeatId);
  const distances = meanDistances(layout, row, quantity, candidates);
  const nearest = distances.reduce((least, distance) => Math.min(least, distance), Infinity);
  const halfSeat = seatWidth(layout, row) / 2;
  const middle = row.firstSeatId + row.lastSeatId;
  let best = row.firstSeatId;
  let bestBand = Infinity;
  let bestOffset = Infinity;
  candidates.forEach((firstSeatId, i) => {
    const band = halfSeat > 0 ? Math.floor(((distances[i] ?? 0) - nearest) / halfSeat) : 0;
    const offset = Math.abs(2 * firstSeatId + quantity - 1 - middle);
    if (band > bestBand || (band === bestBand && offset >= bestOffset)) return;
    best = firstSeatId;
    bestBand = band;
    bestOffset = offset;
  });
  return best;
}

function meanDistances(layout: Layout, row: Row, quantity: number, firstSeatIds: readonly number[]): number[] {
  const sums = [0];
  for (let i = row.firstSeatId - 1; i < row.lastSeatId; i++) {
    sums.push((sums.at(-1) ?? 0) + Math.hypot(layout.x[i] ?? 0, layout.y[i] ?? 0));
  }
  return firstSeatIds.map((firstSeatId) => {
    const start = firstSeatId - row.firstSeatId;
    return ((sums[start + quantity] ?? 0) - (sums[start] ?? 0)) / quantity;
  });
}

function seatWidth({ x, y }: Layout, { firstSeatId, lastSeatId }: Row): number {
  if (firstSeatId === lastSeatId) return 0;
  return Math.hypot((x[firstSeatId] ?? 0) - (x[firstSeatId - 1] ?? 0), (y[firstSeatId] ?? 0) - (y[firstSeatId - 1] ?? 0));
}

function addRuns(state: Free, row: Row, maxPriceCents: number, runs: Run[]): void {
  let length = 0;
  for (let seatId = row.firstSeatId; seatId <= row.lastSeatId + 1; seatId++) {
    const offered = seatId <= row.lastSeatId && isOffered(state, seatId, maxPriceCents);
    if (offered) length++;
    else if (length > 0) {
      runs.push({ firstSeatId: seatId - length, length });
      length = 0;
    }
  }
}

function seatIdsFrom(firstSeatId: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => firstSeatId + i);
}
