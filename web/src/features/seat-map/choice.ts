import { createExternalStore, type ExternalStore } from '../../shared/external-store.ts';
import { forget, recall, remember } from '../../shared/storage.ts';

/** What a visitor means to hold: seats, or places by section. One request holds one kind, so choosing one lets go of the other. */
export type Choice = { seatIds: number[]; places: Record<string, number> };

export type ChoiceStore = {
  store: ExternalStore<Choice>;
  /** Takes a seat or lets go of it. False: it would be more than `limit`. */
  toggleSeat: (seatId: number, limit: number) => boolean;
  dropSeats: (seatIds: number[]) => void;
  /** False: it would be more than `limit`. */
  setPlaces: (section: string, quantity: number, limit: number) => boolean;
  clear: () => void;
};

const EMPTY: Choice = { seatIds: [], places: {} };

function isChoice(value: unknown): value is Choice {
  if (typeof value !== 'object' || value === null || !('seatIds' in value) || !('places' in value)) return false;
  const { seatIds, places } = value;
  return Array.isArray(seatIds) && seatIds.every(Number.isInteger) && typeof places === 'object' && places !== null;
}

export function choiceSize(choice: Choice): number {
  return choice.seatIds.length + Object.values(choice.places).reduce((sum, quantity) => sum + quantity, 0);
}

/** The choice for one event, kept over a reload and over signing in. */
export function createChoice(eventId: string): ChoiceStore {
  const key = `choice.${eventId}`;
  const store = createExternalStore<Choice>(recall(key, isChoice) ?? EMPTY);
  function change(next: Choice): void {
    store.set(next);
    if (choiceSize(next) === 0) forget(key);
    else remember(key, next);
  }
  return {
    store,
    toggleSeat(seatId, limit) {
      const { seatIds } = store.get();
      const isIn = seatIds.includes(seatId);
      if (!isIn && seatIds.length >= limit) return false;
      change({ seatIds: isIn ? seatIds.filter((id) => id !== seatId) : [...seatIds, seatId], places: {} });
      return true;
    },
    dropSeats(gone) {
      const choice = store.get();
      change({ ...choice, seatIds: choice.seatIds.filter((id) => !gone.includes(id)) });
    },
    setPlaces(section, quantity, limit) {
      const places = { ...store.get().places, [section]: quantity };
      if (quantity === 0) delete places[section];
      if (choiceSize({ seatIds: [], places }) > limit) return false;
      change({ seatIds: [], places });
      return true;
    },
    clear: () => change(EMPTY),
  };
}
