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

/** Layouts by event, the least recently used dropped first. */
export function createLayoutCache(): LayoutCache {
  const cached = new Map<string, { layoutVersion: number; layout: Promise<Layout> }>();

  async function get(tx: Tx, eventId: string, layoutVersion: number): Promise<Layout> {
    const known = cached.get(eventId);
    cached.delete(eventId);
    const entry = known?.layoutVersion === layoutVersion ? known : { layoutVersion, layout: readLayout(tx, eventId) };
    cached.set(eventId, entry);
    if (cached.size > MAX_LAYOUTS) cached.delete(cached.keys().next().value ?? '');
    try {
      return await entry.layout;
    } catch (error) {
      if (cached.get(eventId) === entry) cached.delete(eventId);
      throw error;
    }
  }

  return { get };
}
