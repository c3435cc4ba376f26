import type { EventStatus } from '../../../contracts/http/catalog.ts';

/** Who looks, as far as the catalog cares. */
export type Viewer = { userId: string; isAdmin: boolean };

type Owned = { organizerId: string; status: EventStatus };

export function mayEdit(viewer: Viewer, owned: Pick<Owned, 'organizerId'>): boolean {
  return viewer.isAdmin || viewer.userId === owned.organizerId;
}

/** A draft is there only for its organizer and admins; to everybody else it does not exist. */
export function maySee(viewer: Viewer | null, event: Owned): boolean {
  return event.status !== 'DRAFT' || (viewer !== null && mayEdit(viewer, event));
}
