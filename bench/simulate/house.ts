import type { BulkSeatsBody } from '../../contracts/http/seating.ts';

/** What is sold: of each event its numbered seats and its places in general admission. */
export type House = { seats: number; places: number };

type Sections = BulkSeatsBody['sections'];
type SeatedSection = Extract<Sections[number], { kind: 'SEATED' }>;

export const GENERAL_SECTION = 'Standing';
const GENERAL_PRICE_CENTS = 4_500;

/** Seats and places split over the events as evenly as whole numbers allow; the first ones have one more. */
export function splitHouse(total: number, events: number, generalShare: number): House[] {
  return Array.from({ length: events }, (_, i) => {
    const size = Math.floor(total / events) + (i < total % events ? 1 : 0);
    const places = Math.round(size * generalShare);
    return { seats: size - places, places };
  });
}

/** Blocks side by side, in tiers behind one another, as an arena with its stage at one end has them. */
const BLOCKS = [
  { name: 'Left', angle: -1 },
  { name: 'Centre', angle: 0 },
  { name: 'Right', angle: 1 },
] as const;
const TIERS = [
  { name: 'Floor', share: 0.25, priceCents: 18_000 },
  { name: 'Lower', share: 0.4, priceCents: 12_000 },
  { name: 'Upper', share: 0.35, priceCents: 7_500 },
] as const;
const AISLE_SEATS = 3;
const FIRST_ROW_Y = 5;
const TIER_GAP = 4;
const SHORTEST_ROW = 8;
const LONGEST_ROW = 60;
/** Rows of one block; then another tier begins behind. */
const MAX_ROWS = 500;
const SIDE_SURCHARGE = 0.8;

/** Sections of an event: three tiers of three blocks, bent round the stage, and standing room. */
export function arenaSections({ seats, places }: House): Sections {
  const sections: Sections = [];
  let y = FIRST_ROW_Y;
  let left = seats;
  for (const [i, tier] of TIERS.entries()) {
    const inTier = i === TIERS.length - 1 ? left : Math.min(left, Math.round(seats * tier.share));
    left -= inTier;
    const rowSeats = rowLength(inTier);
    const blocks = splitHouse(inTier, BLOCKS.length, 0).map((one) => one.seats);
    sections.push(
      ...BLOCKS.flatMap((block, b) => {
        const middleX = block.angle * (rowSeats + AISLE_SEATS);
        const factor = block.angle === 0 ? 1 : SIDE_SURCHARGE;
        return seatedSection(`${tier.name} ${block.name}`, blocks[b] ?? 0, {
          rowSeats,
          middleX,
          y,
          priceCents: Math.round((tier.priceCents * factor) / 100) * 100,
        });
      }),
    );
    y += Math.ceil(inTier / BLOCKS.length / rowSeats) + TIER_GAP;
  }
  if (places > 0)
    sections.push({ section: GENERAL_SECTION, kind: 'GENERAL_ADMISSION', priceCents: GENERAL_PRICE_CENTS, capacity: places });
  return sections;
}

/** As many rows as a third of the tier is wide. */
function rowLength(inTier: number): number {
  const inBlock = inTier / BLOCKS.length;
  return Math.max(SHORTEST_ROW, Math.min(LONGEST_ROW, Math.round(Math.sqrt(inBlock * 1.5))), Math.ceil(inBlock / MAX_ROWS));
}

function seatedSection(
  section: string,
  seats: number,
  place: { rowSeats: number; middleX: number; y: number; priceCents: number },
): SeatedSection[] {
  if (seats === 0) return [];
  const { rowSeats, middleX, y, priceCents } = place;
  const rows = Array.from({ length: Math.ceil(seats / rowSeats) }, (_, i) => ({
    row: rowName(i),
    seats: Math.min(rowSeats, seats - i * rowSeats),
    x: middleX,
    y: y + i,
    curve: 1,
    rank: Math.round(Math.hypot(middleX, y + i)),
  }));
  return [{ section, kind: 'SEATED', priceCents, rows }];
}

/** A, B, … Z, AA, AB, … */
function rowName(index: number): string {
  const letters = 26;
  const last = String.fromCharCode('A'.charCodeAt(0) + (index % letters));
  return index < letters ? last : rowName(Math.floor(index / letters) - 1) + last;
}
