import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arenaSections, splitHouse } from './house.ts';

const size = ({ seats, places }: { seats: number; places: number }) => seats + places;

describe('the house', () => {
  it('has exactly as many seats and places as asked for, split evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 20, max: 200_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (events, total, share) => {
          const houses = splitHouse(total, events, share);
          expect(houses.reduce((sum, house) => sum + size(house), 0)).toBe(total);
          const sizes = houses.map(size);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('has sections that the API takes, with all of it in them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 20_000 }), (seats, places) => {
        const sections = arenaSections({ seats, places });
        let seatCount = 0;
        let placeCount = 0;
        for (const section of sections) {
          if (section.kind === 'GENERAL_ADMISSION') placeCount += section.capacity;
          else {
            expect(section.rows.length).toBeLessThanOrEqual(500);
            expect(new Set(section.rows.map(({ row }) => row)).size).toBe(section.rows.length);
            for (const row of section.rows) {
              expect(row.seats).toBeGreaterThan(0);
              expect(row.seats).toBeLessThanOrEqual(1_000);
              seatCount += row.seats;
            }
          }
        }
        expect([seatCount, placeCount]).toEqual([seats, places]);
        expect(new Set(sections.map(({ section }) => section)).size).toBe(sections.length);
      }),
      { numRuns: 50 },
    );
  });
});
