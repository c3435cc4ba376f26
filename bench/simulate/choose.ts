import { asHeld, asRefused, type Held } from './answers.ts';
import type { Wish } from './behaviour.ts';
import { GENERAL_SECTION } from './house.ts';
import type { Ending } from './tally.ts';
import { ask, letDown, strange, think, type Visit } from './visit.ts';

export type Choice = { held: Held; tookMs: number };

/** Tries until they hold something, or leave. */
export async function choose(visit: Visit): Promise<Choice | Ending> {
  const { plan, tally } = visit;
  let { wish, quantity } = plan;
  for (let attempt = 0; attempt < plan.attempts && !visit.signal.aborted; attempt++) {
    const selection = await selectionOf(visit, wish, quantity);
    // Nothing together on the map: whatever there is, then.
    if (selection === null) wish = 'best';
    const wanted = selection ?? { bestAvailable: { quantity } };
    const answer = await ask(visit, 'reserve', attempt, { eventId: visit.event.eventId, ...wanted });
    if (answer === null) return letDown(visit, 'reserve');
    tally.took('reserve', answer.tookMs);
    if (answer.status === 201) {
      const held = asHeld(answer.body);
      if (held === null) return strange(visit, 'reserve', answer);
      tally.count('reservations');
      return { held, tookMs: answer.tookMs };
    }
    if (answer.code !== 'SEAT_UNAVAILABLE' && answer.code !== 'SOLD_OUT') return strange(visit, 'reserve', answer);
    tally.refused('reserve', answer.code);
    if (answer.code === 'SOLD_OUT') {
      const available = asRefused(answer.body)?.available ?? 0;
      if (available === 0) return 'soldOut';
      // Better fewer than none.
      quantity = Math.min(quantity, available);
    }
  }
  return visit.signal.aborted ? 'interrupted' : 'gaveUp';
}

/** What they ask for; null when they looked at the map and found no such seats. */
async function selectionOf(visit: Visit, wish: Wish, quantity: number): Promise<object | null> {
  const { event, plan, page } = visit;
  switch (wish) {
    case 'places':
      if (event.house.places > 0) return { places: [{ section: GENERAL_SECTION, quantity }] };
      return { bestAvailable: { quantity } };
    case 'best':
      if (event.house.seats > 0) return { bestAvailable: { quantity } };
      return { places: [{ section: GENERAL_SECTION, quantity }] };
    case 'seats': {
      await think(visit, 'looks');
      const statuses = await page.look(visit);
      if (statuses === null) return null;
      const seatIds = event.preference.pick(statuses, quantity, plan.random);
      if (seatIds === null) return null;
      await think(visit, 'chooses');
      return { seatIds };
    }
  }
}
