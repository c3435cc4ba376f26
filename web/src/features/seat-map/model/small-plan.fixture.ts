import type { SeatMap } from '../../../../../contracts/http/seating.ts';

/** A small hall for tests: two blocks of rows with an aisle between them, and a standing area. */
export function smallPlan(): SeatMap {
  const seats: SeatMap['seats'] = { section: [], row: [], number: [], priceCents: [], x: [], y: [] };
  for (const [block, left] of [
    ['VIP', 0],
    ['Stalls', 8],
  ] as const) {
    for (const [r, row] of ['A', 'B', 'C'].entries()) {
      for (let number = 1; number <= 4 + r; number += 1) {
        seats.section.push(block);
        seats.row.push(row);
        seats.number.push(number);
        seats.priceCents.push(block === 'VIP' ? 15_000 : 9000);
        seats.x.push(left + number);
        seats.y.push(r * 2);
      }
    }
  }
  return {
    eventId: 'evt_1',
    layoutVersion: 1,
    sections: [
      { section: 'VIP', kind: 'SEATED', priceCents: 15_000, totalSeats: 15 },
      { section: 'Stalls', kind: 'SEATED', priceCents: 9000, totalSeats: 15 },
      { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 5000, totalSeats: 100 },
    ],
    seats,
  };
}
