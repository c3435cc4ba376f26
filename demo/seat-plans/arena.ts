/**
 * The seat plan of an arena with its stage at one end, made by arithmetic:
 * `node demo/seat-plans/arena.ts > demo/seat-plans/madison-square-garden.csv`.
 * Always the same output. Modelled on Madison Square Garden's concert form, not surveyed from it.
 *
 * Metres. The middle of the stage's front edge is the origin, x grows to the right of somebody facing the stage, y away from it.
 */
import { pathToFileURL } from 'node:url';

import {
  AISLE_WIDTH,
  arcsOf,
  at,
  bowlSection,
  rounded,
  SEAT_WIDTH,
  toCsv,
  wedgesOf,
  type PlannedSeat,
  type Point,
} from './bowl.ts';

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

const ROW_DEPTH = 0.85;

/** The stage's front edge is at y = 0, the middle of the bowl behind it. */
const MIDDLE_Y = 17;
const ARCS = arcsOf({ halfLength: 32, endCentre: 20, halfWidth: 17, middleY: MIDDLE_Y });
const { right: RIGHT_SIDE, far: FAR_END, left: LEFT_SIDE, sideCentre: SIDE_CENTRE } = ARCS;

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

const viewFrom = ({ x, y }: Point): View => ({ distance: Math.hypot(x, y), angle: Math.atan2(Math.abs(x), y) });
const roundTo = (amount: number, step: number): number => Math.round(amount / step) * step;
/** A level's sections, counted from the right of the stage round to its left. Those that would look at the stage's back are not sold. */
function bowlLevel(level: Level): PlannedSeat[] {
  const { rows, setback, sectionsOnSide, sectionsAtEnd } = level;
  const wedges = [
    ...wedgesOf(RIGHT_SIDE, sectionsOnSide),
    ...wedgesOf(FAR_END, sectionsAtEnd),
    ...wedgesOf(LEFT_SIDE, sectionsOnSide),
  ];
  const sold = wedges.filter(({ arc, from, to }) => at(arc, arc.radius + setback, (from + to) / 2).y > 0);
  return sold.flatMap((wedge, i) => {
    const { arc, from, to } = wedge;
    const middle = at(arc, arc.radius + setback + (rows * ROW_DEPTH) / 2, (from + to) / 2);
    const priceCents = roundTo(level.price(viewFrom(middle)), 500);
    return bowlSection(String(level.prefix + i + 1), wedge, { rows, setback, rowDepth: ROW_DEPTH, priceCents });
  });
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(toCsv(arenaSeats()));
