import fc from 'fast-check';
import type { Fault } from './faults.ts';
import { SERVICES } from './world.ts';

export const SEATS = 4;
export const BUYERS = 3;

const buyer = fc.nat({ max: BUYERS - 1 });
/** Which of the reservations, orders, payments or requests made so far. */
const nth = fc.nat({ max: 30 });

const selection = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: SEATS }), { minLength: 1, maxLength: 3 }).map((seatIds) => ({ seatIds })),
  },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 2 }).map((quantity) => ({ places: [{ section: 'Floor', quantity }] })) },
  { weight: 1, arbitrary: fc.constant({ places: [{ section: 'Free', quantity: 1 }] }) },
);

/** Silence takes real time, since attempts wait between them: it is rarer than it is interesting. */
const paymentToken = fc.oneof(
  { weight: 12, arbitrary: fc.constant('tok_success') },
  {
    weight: 5,
    arbitrary: fc.constantFrom('tok_insufficient_funds', 'tok_card_declined', 'tok_invalid_card'),
  },
  { weight: 2, arbitrary: fc.constantFrom('tok_gateway_timeout', 'tok_timeout_captured') },
);

const refunded = fc.oneof(
  fc.constant({ kind: 'whole' as const }),
  fc.constant({ kind: 'ticket' as const }),
  fc.integer({ min: 1, max: 6_000 }).map((amountCents) => ({ kind: 'amount' as const, amountCents })),
);

const portion = fc.record({
  pick: fc.nat({ max: 1_000 }),
  wide: fc.integer({ min: 1, max: 4 }),
  count: fc.integer({ min: 1, max: 4 }),
  again: fc.constantFrom(0, 0, 1, 3),
});

/** What somebody asks for, or what the system does by itself. */
const action = fc.oneof(
  { weight: 7, arbitrary: fc.record({ do: fc.constant('reserve' as const), buyer, selection }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('order' as const), nth }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('charge' as const), nth, paymentToken }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('book' as const), buyer, selection, paymentToken }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('again' as const), nth }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), nth }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), nth }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('refund' as const), nth, refunded }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('relay' as const), service: fc.constantFrom(...SERVICES) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('deliver' as const), portion }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('job' as const), nth }) },
);
export type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** Most actions have few steps, a charge about thirty. */
const afterSteps = fc.oneof(fc.nat({ max: 8 }), fc.nat({ max: 30 }));

const fault: fc.Arbitrary<Fault | null> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('die' as const), afterSteps }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('lose' as const),
      call: fc.constantFrom(0, 0, 1),
      what: fc.constantFrom('request' as const, 'reply' as const),
    }),
  },
);

/** Actions of a step are under way at the same time, and die together. */
const step = fc.oneof(
  { weight: 14, arbitrary: fc.record({ actions: fc.array(action, { minLength: 1, maxLength: 3 }), fault }) },
  { weight: 2, arbitrary: fc.record({ passSeconds: fc.constantFrom(3, 15, 40, 70) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** `cancelEvent`: at which step, if at all, the organizer calls the event off. */
export const story = fc.record({
  /** Most begin with something sold, or there would be little to go wrong. */
  opening: fc.array(fc.record({ buyer, selection, paymentToken }), { maxLength: 3 }),
  steps: fc.array(step, { minLength: 5, maxLength: 25 }),
  cancelEvent: fc.option(fc.nat({ max: 25 }), { freq: 4 }),
});
export type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;
