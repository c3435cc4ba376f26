import type { SeatChooser } from '../domain/best-available.ts';

const MAX_CHOOSERS = 100;

/**
 * Seat choosers kept from one batch to the next. A chooser knows the free seats of an event at one version, exactly; as every
 * change of seats makes a new version under the event's lock, equal versions mean that nobody else has written since.
 */
export type Choosers = {
  /** Takes the chooser out: a batch that fails must not leave one behind that has seen changes which never happened. */
  at(eventId: string, version: number, layoutVersion: number): SeatChooser | null;
  keep(eventId: string, version: number, layoutVersion: number, chooser: SeatChooser): void;
};

export function createChoosers(): Choosers {
  const kept = new Map<string, { version: number; layoutVersion: number; chooser: SeatChooser }>();
  return {
    at(eventId, version, layoutVersion) {
      const found = kept.get(eventId);
      kept.delete(eventId);
      return found?.version === version && found.layoutVersion === layoutVersion ? found.chooser : null;
    },
    keep(eventId, version, layoutVersion, chooser) {
      kept.set(eventId, { version, layoutVersion, chooser });
      if (kept.size > MAX_CHOOSERS) kept.delete(kept.keys().next().value ?? '');
    },
  };
}
