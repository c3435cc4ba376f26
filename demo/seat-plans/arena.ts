/**
 * The seat plan of an arena with its stage at one end, made by arithmetic:
 * `node demo/seat-plans/arena.ts > demo/seat-plans/madison-square-garden.csv`.
 * Always the same output. Modelled on Madison Square Garden's concert form, not surveyed from it.
 *
 * Metres. The middle of the stage's front edge is the origin, x grows to the right of somebody facing the stage, y away from it.
 * The bowl is a four-centred oval, as real bowls are built: two flat arcs along the sides and two tight ones at the ends, joined
 * where their tangents meet. A row further back keeps the centres and has a larger radius, so rows grow and aisles stay radial.
 */
import { pathToFileURL } from 'node:url';

export type PlannedSeat = { section: string; row: string; number: number; priceCents: number; x: number; y: number };
type Point = { x: number; y: number };
/** A part of the oval; angles in radians counter-clockwise from the x axis, `radius` that of the bowl's first row. */
type Arc = { centre: Point; radius: number; from: number; to: number };
type Level = {
  prefix: number;
  rows: number;
  setback: number;
  sectionsOnSide: number;
  sectionsAtEnd: number;
  price: (view: View) => number;
};
/** How a section looks at the stage: metres to it, and how far round to its side (0 is straight ahead). */
type View = { distance: number; angle: number };

const SEAT_WIDTH = 0.48;
const ROW_DEPTH = 0.85;
const AISLE_WIDTH = 1.25;

/** Half length, and the centre of the end arcs measured from the middle; both along y. Then half width. */
const HALF_LENGTH = 32;
const END_CENTRE = 20;
const HALF_WIDTH = 17;
/** From the stage's front edge to the middle of the bowl. */
const MIDDLE_Y = 17;

/** Where the tight and the flat circle touch, the line through their centres is normal to both; that gives the flat one's centre. */
const GAP = HALF_WIDTH - HALF_LENGTH + END_CENTRE;
const SIDE_CENTRE = (END_CENTRE ** 2 - GAP ** 2) / (2 * GAP);
const JOINT = Math.atan2(END_CENTRE, SIDE_CENTRE);

const RIGHT_SIDE: Arc = { centre: { x: -SIDE_CENTRE, y: MIDDLE_Y }, radius: HALF_WIDTH + SIDE_CENTRE, from: -JOINT, to: JOINT };
const FAR_END: Arc = {
  centre: { x: 0, y: MIDDLE_Y + END_CENTRE },
  radius: HALF_LENGTH - END_CENTRE,
  from: JOINT,
  to: Math.PI - JOINT,
};
const LEFT_SIDE: Arc = {
  centre: { x: SIDE_CENTRE, y: MIDDLE_Y },
  radius: HALF_WIDTH + SIDE_CENTRE,
  from: Math.PI - JOINT,
  to: Math.PI + JOINT,
};

const LEVELS: readonly Level[] = [
  {
    prefix: 100,
    rows: 24,
    setback: 0,
    sectionsOnSide: 7,
    sectionsAtEnd: 5,
    price: (v) => 30_000 - 250 * v.distance - 2_500 * v.angle,
  },
  {
    prefix: 200,
    rows: 27,
    setback: 24.8,
    sectionsOnSide: 8,
    sectionsAtEnd: 7,
    price: (v) => 17_000 - 120 * v.distance - 1_500 * v.angle,
  },
];

const at = (arc: Arc, radius: number, angle: number): Point => ({
  x: arc.centre.x + radius * Math.cos(angle),
  y: arc.centre.y + radius * Math.sin(angle),
});

const viewFrom = ({ x, y }: Point): View => ({ distance: Math.hypot(x, y), angle: Math.atan2(Math.abs(x), y) });
const roundTo = (amount: number, step: number): number => Math.round(amount / step) * step;
/** Whole centimetres (coarser, and rows would zigzag on a map), halves away from zero so that left and right stay mirror images; adding 0 makes -0 plain. */
const toCentimetre = (metres: number): number => (Math.sign(metres) * Math.round(Math.abs(metres) * 100)) / 100 + 0;
const rounded = ({ x, y }: Point): Point => ({ x: toCentimetre(x), y: toCentimetre(y) });

/** Seats side by side along a circle, as many as fit between two aisles, in its middle. */
function seatsAlong(arc: Arc, radius: number, from: number, to: number): Point[] {
  const count = Math.floor(((to - from) * radius - AISLE_WIDTH) / SEAT_WIDTH);
  const step = SEAT_WIDTH / radius;
  const first = (from + to) / 2 - ((count - 1) / 2) * step;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => at(arc, radius, first + i * step));
}

function bowlSection(level: Level, name: string, arc: Arc, from: number, to: number): PlannedSeat[] {
  const firstRadius = arc.radius + level.setback;
  const middle = at(arc, firstRadius + (level.rows * ROW_DEPTH) / 2, (from + to) / 2);
  const priceCents = roundTo(level.price(viewFrom(middle)), 500);
  return Array.from({ length: level.rows }, (_, row) => seatsAlong(arc, firstRadius + row * ROW_DEPTH, from, to)).flatMap(
    (points, row) =>
      points.map((point, i) => ({ section: name, row: String(row + 1), number: i + 1, priceCents, ...rounded(point) })),
  );
}

/** A level's sections, counted from the right of the stage round to its left. Those that would look at the stage's back are not sold. */
function bowlLevel(level: Level): PlannedSeat[] {
  const parts = [
    { arc: RIGHT_SIDE, sections: level.sectionsOnSide },
    { arc: FAR_END, sections: level.sectionsAtEnd },
    { arc: LEFT_SIDE, sections: level.sectionsOnSide },
  ];
  const wedges = parts.flatMap(({ arc, sections }) => {
    const width = (arc.to - arc.from) / sections;
    return Array.from({ length: sections }, (_, i) => ({ arc, from: arc.from + i * width, to: arc.from + (i + 1) * width }));
  });
  const sold = wedges.filter(({ arc, from, to }) => at(arc, arc.radius + level.setback, (from + to) / 2).y > 0);
  return sold.flatMap(({ arc, from, to }, i) => bowlSection(level, String(level.prefix + i + 1), arc, from, to));
}

const FLOOR_ROW_DEPTH = 0.9;
const FLOOR_FIRST_ROW_Y = 4;
const FLOOR_ROWS_PER_BLOCK = 13;
const FLOOR_CROSS_AISLE = 1.6;
/** Floor rows bend gently round the stage: circles about a point this far behind its front edge. */
const FLOOR_BEND = 45;
/** Between the floor's outermost seat and the bowl's first row: a barrier and a way out. */
const FLOOR_MARGIN = 2.4;
const FLOOR_CENTRE_HALF_WIDTH = 5.4;
/** Where the floor narrows, what is left of a row is not worth putting out below this. */
const FLOOR_SHORTEST_ROW = 5;
/** The mixing desk takes the back of the middle block. */
const DESK_FROM_Y = 38;

const FLOOR_PRICES = [
  [34_500, 39_500, 34_500],
  [27_500, 31_500, 27_500],
  [22_500, 25_500, 22_500],
] as const;

function insideFloor({ x, y }: Point): boolean {
  const side = Math.hypot(Math.abs(x) + SIDE_CENTRE, y - MIDDLE_Y) <= RIGHT_SIDE.radius - FLOOR_MARGIN;
  const beyondJoint = y > FAR_END.centre.y;
  const end = Math.hypot(x, y - FAR_END.centre.y) <= FAR_END.radius - FLOOR_MARGIN;
  const atDesk = Math.abs(x) < FLOOR_CENTRE_HALF_WIDTH + AISLE_WIDTH / 2 && y > DESK_FROM_Y;
  return side && (end || !beyondJoint) && !atDesk;
}

/** Points of a floor row in its left, middle or right third, before clipping to the floor's edge. */
function floorRow(third: number, y: number): Point[] {
  const radius = FLOOR_BEND + y;
  const perBlock = Math.floor((2 * FLOOR_CENTRE_HALF_WIDTH) / SEAT_WIDTH);
  const offset = (third - 1) * (2 * FLOOR_CENTRE_HALF_WIDTH + AISLE_WIDTH);
  const points = Array.from({ length: perBlock }, (_, i) => {
    const along = (offset + (i - (perBlock - 1) / 2) * SEAT_WIDTH) / radius;
    return { x: radius * Math.sin(along), y: radius * Math.cos(along) - FLOOR_BEND };
  }).filter(insideFloor);
  return points.length < FLOOR_SHORTEST_ROW ? [] : points;
}

function floor(): PlannedSeat[] {
  return FLOOR_PRICES.flatMap((prices, block) =>
    prices.flatMap((priceCents, third) =>
      Array.from({ length: FLOOR_ROWS_PER_BLOCK }, (_, row) => {
        const y =
          FLOOR_FIRST_ROW_Y + block * (FLOOR_ROWS_PER_BLOCK * FLOOR_ROW_DEPTH + FLOOR_CROSS_AISLE) + row * FLOOR_ROW_DEPTH;
        const points = floorRow(third, y);
        return points.map((point, i) => ({
          section: `F${block * 3 + third + 1}`,
          row: String.fromCharCode(65 + row),
          number: i + 1,
          priceCents,
          ...rounded(point),
        }));
      }).flat(),
    ),
  );
}

/** Every seat, in the order in which they are imported: the floor, then the bowl from the inside out. */
export function arenaSeats(): PlannedSeat[] {
  return [...floor(), ...LEVELS.flatMap(bowlLevel)];
}

/** The form in which organizers import seats. */
export function toCsv(seats: readonly PlannedSeat[]): string {
  const lines = seats.map((s) => [s.section, s.row, s.number, s.priceCents, s.x.toFixed(2), s.y.toFixed(2)].join(','));
  return `section,row,number,priceCents,x,y\n${lines.join('\n')}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(toCsv(arenaSeats()));
