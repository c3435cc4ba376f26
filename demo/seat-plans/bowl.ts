/**
 * What bowls of seats have in common. Metres. A bowl is a four-centred oval, as real bowls are built: two flat arcs along the sides
 * and two tight ones at the ends, joined where their tangents meet. A row further back keeps the centres and has a larger radius, so
 * rows grow and aisles stay radial.
 */
export type PlannedSeat = { section: string; row: string; number: number; priceCents: number; x: number; y: number };
export type Point = { x: number; y: number };
/** A part of the oval; angles in radians counter-clockwise from the x axis, `radius` that of the bowl's first row. */
export type Arc = { centre: Point; radius: number; from: number; to: number };
/** An arc from one aisle to the next. */
export type Wedge = { arc: Arc; from: number; to: number };
/** Half length, and the centre of the end arcs measured from the middle; both along y. Then half width, and where the middle is. */
export type Oval = { halfLength: number; endCentre: number; halfWidth: number; middleY: number };

export const SEAT_WIDTH = 0.48;
export const AISLE_WIDTH = 1.25;

/** Where the tight and the flat circle touch, the line through their centres is normal to both; that gives the flat one's centre. */
export function arcsOf({ halfLength, endCentre, halfWidth, middleY }: Oval) {
  const gap = halfWidth - halfLength + endCentre;
  const sideCentre = (endCentre ** 2 - gap ** 2) / (2 * gap);
  const joint = Math.atan2(endCentre, sideCentre);
  const side = (x: number, from: number): Arc => ({
    centre: { x, y: middleY },
    radius: halfWidth + sideCentre,
    from,
    to: from + 2 * joint,
  });
  const end = (y: number, from: number): Arc => ({
    centre: { x: 0, y },
    radius: halfLength - endCentre,
    from,
    to: from + Math.PI - 2 * joint,
  });
  return {
    sideCentre,
    right: side(-sideCentre, -joint),
    far: end(middleY + endCentre, joint),
    left: side(sideCentre, Math.PI - joint),
    near: end(middleY - endCentre, Math.PI + joint),
  };
}

/** An arc in so many sections of the same width. */
export function wedgesOf(arc: Arc, sections: number): Wedge[] {
  const width = (arc.to - arc.from) / sections;
  return Array.from({ length: sections }, (_, i) => ({ arc, from: arc.from + i * width, to: arc.from + (i + 1) * width }));
}

export const at = (arc: Arc, radius: number, angle: number): Point => ({
  x: arc.centre.x + radius * Math.cos(angle),
  y: arc.centre.y + radius * Math.sin(angle),
});

/** Whole centimetres (coarser, and rows would zigzag on a map), halves away from zero so that left and right stay mirror images; adding 0 makes -0 plain. */
const toCentimetre = (metres: number): number => (Math.sign(metres) * Math.round(Math.abs(metres) * 100)) / 100 + 0;
export const rounded = ({ x, y }: Point): Point => ({ x: toCentimetre(x), y: toCentimetre(y) });

/** Seats side by side along a circle, as many as fit between two aisles, in its middle. */
export function seatsAlong({ arc, from, to }: Wedge, radius: number): Point[] {
  const count = Math.floor(((to - from) * radius - AISLE_WIDTH) / SEAT_WIDTH);
  const step = SEAT_WIDTH / radius;
  const first = (from + to) / 2 - ((count - 1) / 2) * step;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => at(arc, radius, first + i * step));
}

/** A section's rows, each numbered from 1; the one in front is row 1. */
export function bowlSection(
  section: string,
  wedge: Wedge,
  { rows, setback, rowDepth, priceCents }: { rows: number; setback: number; rowDepth: number; priceCents: number },
): PlannedSeat[] {
  return Array.from({ length: rows }, (_, row) => {
    const points = seatsAlong(wedge, wedge.arc.radius + setback + row * rowDepth);
    return points.map((point, i) => ({ section, row: String(row + 1), number: i + 1, priceCents, ...rounded(point) }));
  }).flat();
}

/** The form in which organizers import seats. */
export function toCsv(seats: readonly PlannedSeat[]): string {
  const lines = seats.map((s) => [s.section, s.row, s.number, s.priceCents, s.x.toFixed(2), s.y.toFixed(2)].join(','));
  return `section,row,number,priceCents,x,y\n${lines.join('\n')}\n`;
}
