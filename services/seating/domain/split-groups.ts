import type { Layout } from './layout.ts';

/** Free seats side by side, with none beside them. */
export type Run = { firstSeatId: number; length: number };

type Point = { x: number; y: number };
type Candidate = Run & Point;
type Group = { members: Candidate[]; surplus: number; radius: number };

/** Bounds of the search. Below them it is exhaustive; above, it looks only at what is nearest the stage. */
const MAX_CANDIDATES = 256;
const MAX_ANCHORS = 32;

/**
 * Seats from as few runs as possible (nearest the stage first in `runs`, none as long as `quantity`). Of the ways to do that: one
 * that leaves no single seat alone, then the one whose groups stand nearest to one another. Null when there are not enough.
 *
 * "Nearest" is measured from one of the runs, the anchor, to the farthest other: each run is tried as the anchor, and its
 * neighbours are taken in by distance until they suffice. Where prices differ within a run's row, a seat of another price
 * beside it may still be left alone.
 */
export function splitIntoGroups(layout: Layout, runs: readonly Run[], quantity: number): number[] | null {
  const lengths = new Int32Array(runs.map((run) => run.length)).sort().reverse();
  let groups = 0;
  let sum = 0;
  while (sum < quantity && groups < lengths.length) sum += lengths[groups++] ?? 0;
  if (sum < quantity) return null;

  const candidates = candidatesOf(layout, runs, lengths, groups, quantity);
  let best: Group | undefined;
  for (const anchor of candidates.slice(0, MAX_ANCHORS)) {
    // Only what is nearer is better, unless it spares a seat from being left alone.
    const within = best === undefined || leavesOneAlone(best) ? Infinity : best.radius;
    const group = groupAround(anchor, candidates, groups, quantity, within);
    if (group !== undefined && (best === undefined || isBetter(group, best))) best = group;
  }
  return best === undefined ? null : seatsOf(layout, best);
}

function isBetter(a: Group, b: Group): boolean {
  const lonely = Number(leavesOneAlone(a)) - Number(leavesOneAlone(b));
  return lonely < 0 || (lonely === 0 && a.radius < b.radius);
}

/** All but `surplus` seats are taken, and the runs end where nothing is free; two left over can stay together. */
function leavesOneAlone(group: Group): boolean {
  return group.surplus === 1;
}

/** The runs long enough to be part of a solution: those nearest the stage, and the longest, with which each of them has one. */
function candidatesOf(layout: Layout, runs: readonly Run[], lengths: Int32Array, groups: number, quantity: number): Candidate[] {
  const others = lengths.slice(0, groups - 1).reduce((total, length) => total + length, 0);
  const useful = runs.filter((run) => run.length >= quantity - others);
  const least = lengths[groups - 1] ?? 0;
  let asLong = 0;
  return useful
    .filter((run, i) => i < MAX_CANDIDATES || run.length > least || (run.length === least && asLong++ < groups))
    .map((run) => ({ ...run, ...middleOf(layout, run.firstSeatId, run.length) }));
}

/** The nearest neighbours that, with the anchor, make `groups` runs of enough seats; undefined when none are `within` that distance. */
function groupAround(
  anchor: Candidate,
  candidates: readonly Candidate[],
  groups: number,
  quantity: number,
  within: number,
): Group | undefined {
  const neighbours = candidates
    .map((candidate) => ({ candidate, distance: distanceBetween(anchor, candidate) }))
    .filter(({ candidate, distance }) => candidate !== anchor && distance < within)
    .sort((a, b) => a.distance - b.distance);
  const chosen: Candidate[] = [];
  const spare = new Map<number, Candidate>();
  let total = anchor.length;
  let fallback: Group | undefined;
  for (const { candidate, distance } of neighbours) {
    total += candidate.length - keepLongest(chosen, spare, candidate, groups - 1);
    if (chosen.length < groups - 1 || total < quantity) continue;
    const group = { members: [anchor, ...chosen], surplus: total - quantity, radius: distance };
    if (!leavesOneAlone(group)) return group;
    const exact = exchangeForOneLess(chosen, spare);
    if (exact !== undefined) return { members: [anchor, ...exact], surplus: 0, radius: distance };
    fallback ??= group;
  }
  return fallback;
}

/** Adds a candidate to the `count` longest (in descending length); the one that falls out is spare. Returns its length. */
function keepLongest(chosen: Candidate[], spare: Map<number, Candidate>, candidate: Candidate, count: number): number {
  const at = chosen.findIndex((other) => other.length < candidate.length);
  chosen.splice(at === -1 ? chosen.length : at, 0, candidate);
  if (chosen.length <= count) return 0;
  const dropped = chosen.pop();
  if (dropped === undefined) return 0;
  if (!spare.has(dropped.length)) spare.set(dropped.length, dropped);
  return dropped.length;
}

/**
 * The longest runs have one seat too many. If any choice of as many has exactly the quantity, then so has one in which a single
 * run gave way to a spare one that is one seat shorter: each of its runs is at most as long as its like among the longest.
 */
function exchangeForOneLess(chosen: readonly Candidate[], spare: ReadonlyMap<number, Candidate>): Candidate[] | undefined {
  for (let i = chosen.length - 1; i >= 0; i--) {
    const shorter = spare.get((chosen[i]?.length ?? 0) - 1);
    if (shorter !== undefined) return chosen.with(i, shorter);
  }
  return undefined;
}

/** Every run whole but one, which loses the surplus at the end that is farther from the others. */
function seatsOf(layout: Layout, { members, surplus }: Group): number[] {
  const nearestFirst = members.toSorted((a, b) => Math.hypot(a.x, a.y) - Math.hypot(b.x, b.y) || a.firstSeatId - b.firstSeatId);
  const last = nearestFirst.pop();
  if (last === undefined) return [];
  const others = meanOf(nearestFirst);
  const length = last.length - surplus;
  const front = middleOf(layout, last.firstSeatId, length);
  const back = middleOf(layout, last.firstSeatId + surplus, length);
  const cutFront = distanceBetween(back, others) < distanceBetween(front, others);
  const cut = { firstSeatId: last.firstSeatId + (cutFront ? surplus : 0), length };
  return [...nearestFirst, cut]
    .flatMap((run) => Array.from({ length: run.length }, (_, i) => run.firstSeatId + i))
    .sort((a, b) => a - b);
}

function middleOf({ x, y }: Layout, firstSeatId: number, length: number): Point {
  const last = firstSeatId + length - 2;
  return { x: ((x[firstSeatId - 1] ?? 0) + (x[last] ?? 0)) / 2, y: ((y[firstSeatId - 1] ?? 0) + (y[last] ?? 0)) / 2 };
}

function meanOf(points: readonly Point[]): Point {
  const sum = points.reduce((total, point) => ({ x: total.x + point.x, y: total.y + point.y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

function distanceBetween(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
