import { describe, expect, it } from 'vitest';
import { checkSold, unexpected } from './checks.ts';

describe('the checks of a load', () => {
  it('find nothing wrong when everybody who was told so has one', () => {
    expect(checkSold('it', { 201: 5, 409: 3 }, { reservations: 5, quantity: 5, oversold: 0 })).toEqual([]);
    // A commit whose answer was lost may be there, or not.
    for (const reservations of [5, 6])
      expect(checkSold('it', { 201: 5, lost: 1 }, { reservations, quantity: reservations, oversold: 0 })).toEqual([]);
  });

  it.each([
    ['a reservation that was acknowledged and is not there', { 201: 5 }, { reservations: 4, quantity: 4, oversold: 0 }],
    ['one that nobody was told of', { 201: 5, 409: 1 }, { reservations: 6, quantity: 6, oversold: 0 }],
    ['one that holds more than was asked', { 201: 5 }, { reservations: 5, quantity: 6, oversold: 0 }],
    ['a seat that was given twice', { 201: 5 }, { reservations: 5, quantity: 5, oversold: 1 }],
  ])('find %s', (_, statuses, sold) => {
    expect(checkSold('it', statuses, sold)).toHaveLength(1);
  });

  it('count answers that should not be', () => {
    expect(unexpected('it', { 201: 5, 500: 2, lost: 1 }, '201')).toEqual([
      'it: 2 requests were answered with 500',
      'it: 1 requests were answered with lost',
    ]);
  });
});
