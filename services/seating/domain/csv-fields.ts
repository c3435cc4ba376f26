import { MAX_AMOUNT_CENTS } from '../../../contracts/money.ts';
import { LIMITS } from './section-rules.ts';

/** Where in a line each column stands. */
export type Columns = {
  count: number;
  section: number;
  row: number;
  number: number;
  price: number;
  /** The price is `price`, a decimal amount, not `priceCents`. */
  decimalPrice: boolean;
  positions: { x: number; y: number } | null;
};

const KNOWN = ['section', 'row', 'number', 'priceCents', 'price', 'x', 'y'];

/** Names are matched without regard to case, as spreadsheets like to change it. A string says what is wrong with the header. */
export function columnsOf(header: readonly string[]): Columns | string {
  const names = header.map((name) => name.toLowerCase());
  const known = new Set(KNOWN.map((name) => name.toLowerCase()));
  const unknown = names.findIndex((name) => !known.has(name));
  if (unknown !== -1)
    return `${quoted(header[unknown] ?? '')} is not a column. The header is section,row,number,priceCents[,x,y].`;
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice !== -1) return `column ${quoted(header[twice] ?? '')} is there twice.`;

  const at = (name: string): number => names.indexOf(name.toLowerCase());
  const missing = ['section', 'row', 'number'].find((name) => at(name) === -1);
  if (missing !== undefined) return `column "${missing}" is missing. The header is section,row,number,priceCents[,x,y].`;
  if ((at('priceCents') === -1) === (at('price') === -1)) return 'it takes one of the columns "priceCents" and "price".';
  if ((at('x') === -1) !== (at('y') === -1)) return 'it takes both of the columns "x" and "y", or neither.';
  const decimalPrice = at('priceCents') === -1;
  return {
    count: header.length,
    section: at('section'),
    row: at('row'),
    number: at('number'),
    price: decimalPrice ? at('price') : at('priceCents'),
    decimalPrice,
    positions: at('x') === -1 ? null : { x: at('x'), y: at('y') },
  };
}

// Each gives the value, or a string that says why there is none.

export function parseSeatNumber(text: string): number | string {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= LIMITS.seatNumber
    ? number
    : `${quoted(text)} is not a whole number from 1 to ${LIMITS.seatNumber}.`;
}

export function parsePriceCents(text: string): number | string {
  const cents = /^\d{1,12}$/.test(text) ? Number(text) : Infinity;
  return cents <= MAX_AMOUNT_CENTS ? cents : `${quoted(text)} is not a whole number of cents from 0 to ${MAX_AMOUNT_CENTS}.`;
}

/** `49`, `49.5` and `49.50`, put together from their digits: a floating-point product could be a cent off. */
export function parsePrice(text: string): number | string {
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(text);
  const cents = match === null ? Infinity : Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`);
  return cents <= MAX_AMOUNT_CENTS
    ? cents
    : `${quoted(text)} is not an amount like 49 or 49.50, up to ${MAX_AMOUNT_CENTS / 100}.`;
}

export function parseCoordinate(text: string): number | string {
  const value = /^[+-]?(\d{1,12}(\.\d{0,20})?|\.\d{1,20})(e[+-]?\d{1,2})?$/i.test(text) ? Number(text) : Infinity;
  // Adding 0 makes 0 of -0, which JSON and equality would tell apart.
  return Math.abs(value) <= LIMITS.coordinate
    ? value + 0
    : `${quoted(text)} is not a number from -${LIMITS.coordinate} to ${LIMITS.coordinate}.`;
}

const QUOTED_CHARACTERS = 40;

/** For messages: short, and without control characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text);
}
