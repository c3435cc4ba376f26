import type { BulkSeatsBody } from '../contracts/http/seating.ts';

type Section = BulkSeatsBody['sections'][number];

type Block = {
  section: string;
  priceCents: number;
  rows: number;
  firstRowSeats: number;
  seatsMorePerRow: number;
  firstRowY: number;
  curve: number;
};

/** A small theatre with stalls, a dress circle behind and above them, and a gallery. In seat widths from the stage's edge. */
const BLOCKS: readonly Block[] = [
  { section: 'Stalls', priceCents: 8_500, rows: 10, firstRowSeats: 16, seatsMorePerRow: 1, firstRowY: 5, curve: 2 },
  { section: 'Dress Circle', priceCents: 6_500, rows: 5, firstRowSeats: 24, seatsMorePerRow: 1, firstRowY: 28, curve: 4 },
  { section: 'Gallery', priceCents: 3_500, rows: 3, firstRowSeats: 23, seatsMorePerRow: 2, firstRowY: 43, curve: 5 },
];

const ROW_DEPTH = 1.8;

function rowsOf(block: Block): (Section & { kind: 'SEATED' })['rows'] {
  return Array.from({ length: block.rows }, (_, i) => ({
    row: String.fromCharCode(65 + i),
    seats: block.firstRowSeats + i * block.seatsMorePerRow,
    x: 0,
    y: block.firstRowY + i * ROW_DEPTH,
    curve: block.curve,
  }));
}

/** Its sections as an organizer's program would send them to `POST /v1/seats/bulk`. */
export function theatreSections(): Section[] {
  return BLOCKS.map((block) => ({ section: block.section, kind: 'SEATED', priceCents: block.priceCents, rows: rowsOf(block) }));
}
