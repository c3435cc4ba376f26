import type { SeatMap } from '../../../contracts/http/seating.ts';
import { prebuilt, type Prebuilt } from '../../../platform/http/prebuilt.ts';
import { seatCount, type Layout } from '../domain/layout.ts';
import type { EventView } from './event-view.ts';

export type SeatMaps = { of(view: EventView): Prebuilt };

/** The bytes of seat maps, built once a layout. They live as long as the layout does. */
export function createSeatMaps(): SeatMaps {
  const built = new WeakMap<Layout, Prebuilt>();
  return {
    of(view) {
      const { eventId } = view.sale.rules;
      const { layoutVersion } = view.sale;
      const known = built.get(view.layout);
      if (known) return known;
      const body = JSON.stringify(toSeatMap(eventId, layoutVersion, view.layout));
      const map = prebuilt({ body, etag: `"m${layoutVersion}-${eventId}"` });
      built.set(view.layout, map);
      return map;
    },
  };
}

function toSeatMap(eventId: string, layoutVersion: number, layout: Layout): SeatMap {
  const rows = Array.from({ length: seatCount(layout) }, (_, index) => layout.rows[layout.seatRow[index] ?? 0]);
  return {
    eventId,
    layoutVersion,
    sections: layout.sections.map(({ name, kind, priceCents, totalSeats }) => ({ section: name, kind, priceCents, totalSeats })),
    seats: {
      section: rows.map((row) => layout.sections[row?.sectionIndex ?? 0]?.name ?? ''),
      row: rows.map((row) => row?.name ?? ''),
      number: [...layout.number],
      priceCents: [...layout.priceCents],
      x: [...layout.x],
      y: [...layout.y],
    },
  };
}
