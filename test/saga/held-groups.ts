import type { Subscription } from '../../platform/event-log/port.ts';

/** Consumer groups that a test can hold back: what happened they hear only when they are let go. */
export type HeldGroups = {
  holdable(subscription: Subscription): Subscription;
  /** @returns lets it go */
  hold(group: string): () => void;
  letAllGo(): void;
};

export function createHeldGroups(): HeldGroups {
  const known = new Set<string>();
  const held = new Map<string, PromiseWithResolvers<void>>();

  function letGo(group: string): void {
    held.get(group)?.resolve();
    held.delete(group);
  }

  return {
    holdable: (subscription) => {
      const { group } = subscription;
      known.add(group);
      return {
        ...subscription,
        prepare: async (events) => {
          await held.get(group)?.promise;
          return subscription.prepare?.(events);
        },
      };
    },
    hold: (group) => {
      if (!known.has(group)) throw new Error(`There is no consumer group ${group}`);
      held.set(group, Promise.withResolvers<void>());
      return () => letGo(group);
    },
    letAllGo: () => [...held.keys()].forEach(letGo),
  };
}
