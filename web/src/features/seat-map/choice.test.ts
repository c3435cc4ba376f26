import { describe, expect, it } from 'vitest';
import { choiceSize, createChoice } from './choice.ts';

describe('the choice of seats', () => {
  it('takes a seat and lets go of it', () => {
    const choice = createChoice('evt_1');
    expect(choice.toggleSeat(5, 8)).toBe(true);
    expect(choice.store.get().seatIds).toEqual([5]);
    choice.toggleSeat(5, 8);
    expect(choiceSize(choice.store.get())).toBe(0);
  });

  it('refuses at the moment of choosing what is over the limit, and still lets go', () => {
    const choice = createChoice('evt_1');
    choice.toggleSeat(1, 2);
    choice.toggleSeat(2, 2);
    expect(choice.toggleSeat(3, 2)).toBe(false);
    expect(choice.toggleSeat(1, 2)).toBe(true);
    expect(choice.store.get().seatIds).toEqual([2]);
  });

  it('counts places of all sections against the limit', () => {
    const choice = createChoice('evt_1');
    expect(choice.setPlaces('VIP', 3, 4)).toBe(true);
    expect(choice.setPlaces('Floor', 2, 4)).toBe(false);
    expect(choice.setPlaces('VIP', 0, 4)).toBe(true);
    expect(choice.store.get().places).toEqual({});
  });

  it('holds one kind at a time', () => {
    const choice = createChoice('evt_1');
    choice.toggleSeat(1, 8);
    choice.setPlaces('Floor', 2, 8);
    expect(choice.store.get()).toEqual({ seatIds: [], places: { Floor: 2 } });
  });
});
