import { concert } from './concert.ts';
import { conference } from './conference.ts';
import { INKS, type Inks } from './inks.ts';
import { other } from './other.ts';
import { seededRandom } from './seed.ts';
import type { Shape } from './shapes.ts';
import { sports } from './sports.ts';
import { theater } from './theater.ts';

export type Poster = { inks: Inks; shapes: Shape[] };

const GRAMMARS: Record<string, (random: () => number, inks: Inks) => Shape[]> = {
  CONCERT: concert,
  SPORTS: sports,
  THEATER: theater,
  CONFERENCE: conference,
};

/** Draws an event's poster: its type gives the grammar, its id everything else. */
export function drawPoster(eventId: string, eventType: string): Poster {
  const random = seededRandom(eventId);
  const inks = INKS[Math.floor(random() * INKS.length)] ?? {
    ground: '#1d2b53',
    first: '#f2b544',
    second: '#8fb8de',
    title: '#fdf3df',
  };
  return { inks, shapes: (GRAMMARS[eventType] ?? other)(random, inks) };
}
