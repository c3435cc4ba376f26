import type { SectionDraft } from './section-rules.ts';

export type Positions = { x: number[]; y: number[] };

/** In seat widths. */
const ROW_DEPTH = 1;
const GAP = 3;
const FIRST_ROW_Y = 4;
const LEAST_TIER_WIDTH = 100;

type SeatedDraft = Extract<SectionDraft, { kind: 'SEATED' }>;
type Block = { sectionIndex: number; section: SeatedDraft; width: number; depth: number };

/**
 * Positions of a row's seats, one seat width apart from left to right (x), around its middle. `curve` is how far the ends of the
 * row stand nearer to the stage than its middle, in seat widths (the sagitta of its arc); a negative one bends them away.
 */
export function rowPositions(seats: number, middle: { x: number; y: number }, curve: number): Positions {
  const half = (seats - 1) / 2;
  const towardsStage = middle.y < 0 ? 1 : -1;
  const x = Array.from({ length: seats }, (_, i) => middle.x + i - half);
  // A parabola differs from the arc by less than can be seen, and is defined for every curve.
  const y = x.map((seatX) => middle.y + (half === 0 ? 0 : towardsStage * curve * ((seatX - middle.x) / half) ** 2));
  return { x, y };
}

/**
 * Positions by row of the sections that came without, so that a map can always be drawn: rows behind one another, sections side
 * by side in tiers of at least 100 seats' width, in front of the stage or to the right of the sections that have positions.
 */
export function generatePositions(sections: readonly SectionDraft[]): Map<number, Positions[]> {
  const blocks = sections.flatMap((section, sectionIndex): Block[] => {
    if (section.kind !== 'SEATED' || section.rows.some((row) => row.positions !== null)) return [];
    const width = section.rows.reduce((widest, row) => Math.max(widest, row.numbers.length), 0);
    return [{ sectionIndex, section, width: width + GAP, depth: section.rows.length * ROW_DEPTH + GAP }];
  });
  const generated = new Map<number, Positions[]>();
  const rightEdge = rightEdgeOf(sections);
  let tierY = FIRST_ROW_Y;
  for (const tier of tiersOf(blocks)) {
    const tierWidth = tier.reduce((sum, block) => sum + block.width, 0);
    let left = rightEdge === null ? -tierWidth / 2 : rightEdge + GAP;
    for (const { sectionIndex, section, width } of tier) {
      const middleX = left + width / 2;
      const positions = section.rows.map((row, i) =>
        rowPositions(row.numbers.length, { x: middleX, y: tierY + i * ROW_DEPTH }, row.curve),
      );
      generated.set(sectionIndex, positions);
      left += width;
    }
    tierY += tier.reduce((deepest, block) => Math.max(deepest, block.depth), 0);
  }
  return generated;
}

function tiersOf(blocks: readonly Block[]): Block[][] {
  const area = blocks.reduce((sum, block) => sum + block.width * block.depth, 0);
  const tierWidth = Math.max(LEAST_TIER_WIDTH, 2 * Math.sqrt(area));
  const tiers: Block[][] = [];
  let used = Infinity;
  for (const block of blocks) {
    if (used + block.width > tierWidth) {
      tiers.push([]);
      used = 0;
    }
    tiers.at(-1)?.push(block);
    used += block.width;
  }
  return tiers;
}

function rightEdgeOf(sections: readonly SectionDraft[]): number | null {
  let edge: number | null = null;
  for (const section of sections) {
    if (section.kind !== 'SEATED') continue;
    for (const row of section.rows) for (const x of row.positions?.x ?? []) edge = Math.max(edge ?? x, x);
  }
  return edge;
}
