import { useSyncExternalStore } from 'react';

/** One value outside React with listeners: for what lives longer than a page. */
export type ExternalStore<T> = { get: () => T; set: (value: T) => void; subscribe: (listener: () => void) => () => void };

export function createExternalStore<T>(initial: T): ExternalStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: ExternalStore<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
