import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../../test/support/postgres.ts';
import { describeProvider } from './conformance.ts';
import { createSimulator } from './simulator.ts';
import { simulatedOutcome } from './simulator-outcomes.ts';

const SPEAK = 'update simulator_charge set silent_until = now() where provider_key = $1';
const REFUNDED = 'select coalesce(sum(amount_cents), 0)::integer as cents from simulator_refund where charge_key = $1';

describeProvider('simulator', async () => {
  const { database, drop } = await testDatabase([new URL('../migrations/', import.meta.url)]);
  return {
    open: () => createSimulator(database, { successRate: 1, latency: { minMs: 0, maxMs: 0 }, seed: 7 }),
    tokens: {
      captured: 'tok_success',
      declined: 'tok_card_declined',
      silent: 'tok_gateway_timeout',
      capturedInSilence: 'tok_timeout_captured',
      refusesRefunds: 'tok_refund_refused',
    },
    speak: async (chargeKey) => {
      await database.run({ name: 'test.speak', text: SPEAK }, [chargeKey]);
    },
    refundedCents: async (chargeKey) => {
      const [row] = await database.rows<{ cents: number }>({ name: 'test.refunded', text: REFUNDED }, [chargeKey]);
      return row?.cents ?? 0;
    },
    remove: drop,
  };
});

describe('the outcomes of the simulator', () => {
  const keys = Array.from({ length: 2_000 }, (_, index) => `pay_${index}`);

  it('follow from seed and key', () => {
    const draw = (seed: number) => keys.map((key) => simulatedOutcome(undefined, 0.5, seed, key).kind);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('succeed at the rate that is set', () => {
    for (const rate of [0, 0.5, 0.95, 1]) {
      const captured = keys.filter((key) => simulatedOutcome(undefined, rate, 3, key).kind === 'CAPTURED').length;
      expect(Math.abs(captured / keys.length - rate)).toBeLessThan(0.05);
    }
  });

  it('are a decline when the token that should force one is misspelt', () => {
    for (const token of ['tok_sucess', 'tok_', 'tok_constructor'])
      expect(simulatedOutcome(token, 1, 3, 'pay_1')).toEqual({ kind: 'DECLINED', reason: 'INVALID_CARD' });
    expect(simulatedOutcome('pm_card_visa', 1, 3, 'pay_1')).toEqual({ kind: 'CAPTURED' });
  });

  it('fail for every reason', () => {
    const outcomes = keys.map((key) => simulatedOutcome(undefined, 0, 3, key));
    const reasons = new Set(outcomes.map((outcome) => (outcome.kind === 'DECLINED' ? outcome.reason : outcome.kind)));
    expect(reasons).toEqual(new Set(['INSUFFICIENT_FUNDS', 'CARD_DECLINED', 'INVALID_CARD', 'NEVER']));
  });
});
