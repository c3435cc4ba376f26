import type { Tx } from '../../../platform/postgres/database.ts';
import type { Layout } from '../domain/layout.ts';
import { readLayout } from './layouts.ts';

const MAX_LAYOUTS = 1_000;

export type LayoutCache = {
  /**
   * The layout of an event at `layoutVersion`. The caller holds the event's lock, or checks afterwards that the version is still
   * the same; a layout never changes without its version.
   */
  get(tx: Tx, eventId: string, layoutVersion: number): Promise<Layout>;
};

/**
 * Layouts by event, the least recently used dropped first. Who finds none reads it on its own connection: waiting for another's
 * reading would be waiting for its connection, under a lock that the other may be waiting for.
 */
export function createLayoutCache(): LayoutCache {
  const cached = new Map<string, { layoutVersion: number; layout: Layout }>();

  async function get(tx: Tx, eventId: string, layoutVersion: number): Promise<Layout> {
    const known = cached.get(eventId);
    const layout = known?.layoutVersion === layoutVersion ? known.layout : await readLayout(tx, eventId);
    cached.delete(eventId);
    cached.set(eventId, { layoutVersion, layout });
    if (cached.size > MAX_LAYOUTS) cached.delete(cached.keys().next().value ?? '');
    return layout;
  }

  return { get };
}
