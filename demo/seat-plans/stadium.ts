/**
 * The seat plan of a football stadium with seats all round, made by arithmetic when the demo is made. Modelled on Wembley Stadium:
 * its three levels and its 90,000 seats, not surveyed from it. The middle of the pitch is the origin, in metres.
 */
import { arcsOf, at, bowlSection, wedgesOf, type PlannedSeat, type Wedge } from './bowl.ts';

/** `price` by metres from the middle of the pitch to the section. */
type Level = {
  prefix: number;
  rows: number;
  setback: number;
  sectionsOnSide: number;
  sectionsAtEnd: number;
  price: (metres: number) => number;
};

const ROW_DEPTH = 0.8;
/** Round a pitch, whose corners the oval rounds. */
const ARCS = arcsOf({ halfLength: 62, endCentre: 30, halfWidth: 45, middleY: 0 });

const LEVELS: readonly Level[] = [
  { prefix: 100, rows: 36, setback: 0, sectionsOnSide: 12, sectionsAtEnd: 9, price: (metres) => 34_000 - 260 * metres },
  { prefix: 200, rows: 14, setback: 31, sectionsOnSide: 14, sectionsAtEnd: 11, price: (metres) => 52_000 - 330 * metres },
  { prefix: 500, rows: 37, setback: 45.5, sectionsOnSide: 16, sectionsAtEnd: 11, price: (metres) => 21_000 - 130 * metres },
];

function wedgesRound({ sectionsOnSide, sectionsAtEnd }: Level): Wedge[] {
  const { right, far, left, near } = ARCS;
  return [
    ...wedgesOf(right, sectionsOnSide),
    ...wedgesOf(far, sectionsAtEnd),
    ...wedgesOf(left, sectionsOnSide),
    ...wedgesOf(near, sectionsAtEnd),
  ];
}

/** A level's sections, counted from the end of the right side on. */
function level(one: Level): PlannedSeat[] {
  const { rows, setback, prefix, price } = one;
  return wedgesRound(one).flatMap((wedge, i) => {
    const middle = at(wedge.arc, wedge.arc.radius + setback + (rows * ROW_DEPTH) / 2, (wedge.from + wedge.to) / 2);
    const priceCents = Math.round(price(Math.hypot(middle.x, middle.y)) / 500) * 500;
    return bowlSection(String(prefix + i + 1), wedge, { rows, setback, rowDepth: ROW_DEPTH, priceCents });
  });
}

/** Every seat, all 90,000 of them, from the pitch upwards. */
export function stadiumSeats(): PlannedSeat[] {
  return LEVELS.flatMap(level);
}
