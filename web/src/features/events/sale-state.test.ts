import { describe, expect, it } from 'vitest';
import { canBuy, saleState } from './sale-state.ts';

const now = Date.parse('2026-06-01T12:00:00Z');
const event = {
  status: 'UPCOMING' as const,
  onSaleAt: '2026-05-01T00:00:00Z',
  endDate: '2026-07-01T23:00:00Z',
  totalSeats: 100,
  availableSeats: 50,
};

describe('the state of a sale', () => {
  it.each([
    ['open', {}],
    ['low', { availableSeats: 4 }],
    ['sold-out', { availableSeats: 0 }],
    ['not-yet', { onSaleAt: '2026-06-01T12:00:01Z' }],
    ['closed', { offSaleAt: '2026-06-01T12:00:00Z' }],
    ['past', { endDate: '2026-06-01T12:00:00Z' }],
    ['cancelled', { status: 'CANCELLED' as const, availableSeats: 0 }],
  ])('is %s', (state, change) => {
    expect(saleState({ ...event, ...change }, now)).toBe(state);
  });

  it('lets a sold-out event be watched: a hold may end', () => {
    expect(canBuy('sold-out')).toBe(true);
    expect(canBuy('past')).toBe(false);
  });
});
