import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropAfterMs, hesitationMs, planOf, popularity, type BuyerPlan } from './behaviour.ts';
import { seededRandom } from './random.ts';
import { DEFAULT_SHARES, parseShares } from './shares.ts';

const CROWD = { seed: 7, events: 5, shares: DEFAULT_SHARES };
const MANY = 20_000;

const plans = Array.from({ length: MANY }, (_, number) => planOf(CROWD, number));
const shareOf = (is: (plan: BuyerPlan) => boolean): number => plans.filter(is).length / MANY;

describe('what buyers are going to do', () => {
  it('is the same for the same seed and number, and another for another seed', () => {
    const decided = ({ random, ...plan }: BuyerPlan) => ({ ...plan, next: random() });
    const first = Array.from({ length: 50 }, (_, number) => decided(planOf(CROWD, number)));
    expect(Array.from({ length: 50 }, (_, number) => decided(planOf(CROWD, number)))).toEqual(first);
    expect(Array.from({ length: 50 }, (_, number) => decided(planOf({ ...CROWD, seed: 8 }, number)))).not.toEqual(first);
  });

  it('follows the shares', () => {
    expect(shareOf(({ wish }) => wish === 'places')).toBeCloseTo(DEFAULT_SHARES.general, 1);
    expect(shareOf(({ wish }) => wish === 'best')).toBeCloseTo((1 - DEFAULT_SHARES.general) * DEFAULT_SHARES.best, 1);
    expect(shareOf(({ declined }) => declined)).toBeCloseTo(DEFAULT_SHARES.declined, 1);
    expect(shareOf(({ abandons }) => abandons !== 'never')).toBeCloseTo(DEFAULT_SHARES.abandoned, 1);
    expect(shareOf(({ abandons }) => abandons === 'held')).toBeCloseTo(DEFAULT_SHARES.abandoned / 2, 2);
    expect(shareOf(({ cancels }) => cancels !== 'never')).toBeCloseTo(DEFAULT_SHARES.cancelled, 1);
    expect(shareOf(({ patient }) => patient)).toBeCloseTo(DEFAULT_SHARES.patient, 1);
  });

  it('does what everybody or nobody does at the ends of the shares', () => {
    const none = { ...CROWD, shares: parseShares('abandoned=0,cancelled=0,declined=0,general=0,best=0') };
    const all = { ...CROWD, shares: parseShares('abandoned=1,cancelled=1,declined=1,general=1') };
    fc.assert(
      fc.property(fc.nat(), (number) => {
        expect(planOf(none, number)).toMatchObject({ abandons: 'never', cancels: 'never', declined: false, wish: 'seats' });
        const plan = planOf(all, number);
        expect([plan.abandons, plan.cancels]).not.toContain('never');
        expect(plan).toMatchObject({ declined: true, wish: 'places' });
      }),
    );
  });

  it('stays within bounds, whoever comes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 20 }), (seed, number, events) => {
        const plan = planOf({ ...CROWD, seed, events }, number);
        expect(plan.event).toBeGreaterThanOrEqual(0);
        expect(plan.event).toBeLessThan(events);
        expect(plan.quantity).toBeGreaterThanOrEqual(1);
        expect(plan.quantity).toBeLessThanOrEqual(4);
        expect(plan.attempts).toBeGreaterThanOrEqual(1);
        expect(plan.attempts).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('wants the first event most, and every event', () => {
    const weights = popularity(20);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    expect(Math.min(...weights)).toBeGreaterThan(0.4);
    expect(new Set(plans.map(({ event }) => event)).size).toBe(CROWD.events);
  });
});

describe('hesitation', () => {
  it('is none without pace, grows with it, and is never without end', () => {
    const random = seededRandom(1);
    expect(hesitationMs('fills in', 0, random)).toBe(0);
    const mean = (pace: number) =>
      Array.from({ length: 5_000 }, () => hesitationMs('fills in', pace, random)).reduce((sum, ms) => sum + ms, 0) / 5_000;
    expect(mean(1) / mean(0.1)).toBeCloseTo(10, -0.5);
    fc.assert(fc.property(fc.nat(), (seed) => hesitationMs('another card', 1, seededRandom(seed)) <= 120_000));
  });
});

describe('lost replies', () => {
  it('happen to their share, at once or a little later', () => {
    const random = seededRandom(2);
    const drops = Array.from({ length: MANY }, () => dropAfterMs(0.25, random));
    expect(drops.filter((drop) => drop !== null).length / MANY).toBeCloseTo(0.25, 1);
    expect(drops.some((drop) => drop === 0)).toBe(true);
    expect(Math.max(...drops.map((drop) => drop ?? 0))).toBeLessThan(20);
    expect(dropAfterMs(0, random)).toBeNull();
  });
});

describe('shares given by hand', () => {
  it('change what they name', () => {
    expect(parseShares('lost=0, abandoned=.5')).toEqual({ ...DEFAULT_SHARES, lost: 0, abandoned: 0.5 });
  });

  it('are refused by name when they are none', () => {
    for (const wrong of ['lost', 'lost=2', 'lost=-1', 'found=0.1', 'toString=0.1', ''])
      expect(() => parseShares(wrong)).toThrow('--share takes names');
  });
});

describe('chance', () => {
  it('is even, and different for each stream', () => {
    const random = seededRandom(3);
    const drawn = Array.from({ length: MANY }, random);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    for (let tenth = 0; tenth < 10; tenth++)
      expect(drawn.filter((value) => Math.floor(value * 10) === tenth).length / MANY).toBeCloseTo(0.1, 1);
    const firsts = new Set(Array.from({ length: MANY }, (_, stream) => seededRandom(3, stream)()));
    expect(firsts.size).toBeGreaterThan(MANY - 10);
  });
});
