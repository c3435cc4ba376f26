import { exponential, pickWeighted, seededRandom, type Random } from './random.ts';
import type { Shares } from './shares.ts';

/** What a buyer goes for: seats that they choose on the map, the best that there are, or places in general admission. */
export type Wish = 'seats' | 'best' | 'places';

/** Steps whose reply may be lost. */
export type WriteStep = 'reserve' | 'order' | 'charge';

/** What one buyer is going to do, decided before they come. */
export type BuyerPlan = {
  number: number;
  /** Index of the event they came for. */
  event: number;
  wish: Wish;
  quantity: number;
  /** Choices that may fail before they leave. */
  attempts: number;
  /** Where they give up for good without telling anybody; the hold runs out. */
  abandons: 'never' | 'held' | 'ordered';
  cancels: 'never' | 'ordered' | 'confirmed';
  declined: boolean;
  /** Whether they wait for returns when it is sold out. */
  patient: boolean;
  /** Whether they try another event when it is sold out. */
  flexible: boolean;
  /** Draws whatever happens later, such as which seats and whether a reply is lost. */
  random: Random;
};

export type Crowd = { seed: number; events: number; shares: Shares };

/** Alone, pairs, threes, fours. */
const GROUP_SIZES = [0.24, 0.46, 0.14, 0.16];
const MEAN_ATTEMPTS = 3;
const MAX_ATTEMPTS = 12;
/** The first event is the most wanted; the last of 20 half as much. */
const POPULARITY_SLOPE = 0.24;

/** The same buyer of the same crowd always has the same plan. */
export function planOf(crowd: Crowd, number: number): BuyerPlan {
  const random = seededRandom(crowd.seed, number);
  const { shares } = crowd;
  const happens = (share: number): boolean => random() < share;
  const wish: Wish = happens(shares.general) ? 'places' : happens(shares.best) ? 'best' : 'seats';
  return {
    number,
    event: pickWeighted(popularity(crowd.events), random),
    wish,
    quantity: 1 + pickWeighted(GROUP_SIZES, random),
    attempts: Math.min(MAX_ATTEMPTS, 1 + Math.round(exponential(MEAN_ATTEMPTS, random))),
    abandons: happens(shares.abandoned) ? either('held', 'ordered', random) : 'never',
    cancels: happens(shares.cancelled) ? either('ordered', 'confirmed', random) : 'never',
    declined: happens(shares.declined),
    patient: happens(shares.patient),
    flexible: happens(shares.flexible),
    random,
  };
}

/** How much each event is wanted, the first the most. */
export function popularity(events: number): number[] {
  return Array.from({ length: events }, (_, i) => (i + 1) ** -POPULARITY_SLOPE);
}

/** What a person does between two answers. */
export type Thought = 'looks' | 'chooses' | 'fills in' | 'finds card' | 'another card';

/** Seconds of a real person, in the mean. */
const THINKING_SECONDS: Readonly<Record<Thought, number>> = {
  looks: 3,
  chooses: 5,
  'fills in': 12,
  'finds card': 25,
  'another card': 30,
};
const LONGEST_THOUGHT = 4;

/** How long a buyer hesitates, in milliseconds. `pace` 1 is real life, 0 not at all. */
export function hesitationMs(thought: Thought, pace: number, random: Random): number {
  const mean = THINKING_SECONDS[thought] * 1000 * pace;
  return Math.min(LONGEST_THOUGHT * mean, exponential(mean, random));
}

/** How long after sending a lost reply is given up for lost; at once, or when it may be on its way. */
export function dropAfterMs(share: number, random: Random): number | null {
  if (random() >= share) return null;
  return random() < 0.5 ? 0 : random() * 20;
}

function either<A, B>(a: A, b: B, random: Random): A | B {
  return random() < 0.5 ? a : b;
}
