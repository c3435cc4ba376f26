import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import { ProviderSilent, type CaptureRequest } from './port.ts';
import { createSimulator } from './simulator.ts';
import { simulatedOutcome } from './simulator-outcomes.ts';

let db: TestDatabase;
const never = new AbortController().signal;
beforeAll(async () => {
  db = await testDatabase([new URL('../migrations/', import.meta.url)]);
});
afterAll(() => db.drop());

function simulator(successRate = 1) {
  return createSimulator(db.database, { successRate, latency: { minMs: 0, maxMs: 0 }, seed: 7 });
}

function request(token?: string): CaptureRequest {
  return { key: newId('payment'), orderId: newId('order'), amountCents: 500, currency: 'USD', method: 'CREDIT_CARD', token };
}

describe('the simulated provider', () => {
  it('does once what it is asked by one key, whatever is asked later and by whom', async () => {
    const asked = request('tok_success');
    const first = await simulator().capture(asked, never);
    expect(first).toMatchObject({ kind: 'CAPTURED' });
    const again = await Promise.all([
      simulator().capture({ ...asked, token: 'tok_card_declined' }, never),
      simulator().capture(asked, never),
      simulator().conclude(asked.key, never),
    ]);
    expect(again).toEqual([first, first, first]);
  });

  it('never captures what it has concluded without capture', async () => {
    const asked = request('tok_success');
    expect(await simulator().conclude(asked.key, never)).toEqual({ kind: 'VOIDED' });
    expect(await simulator().capture(asked, never)).toEqual({ kind: 'VOIDED' });
  });

  it('tells capture and conclusion the same when they come together', async () => {
    for (let round = 0; round < 20; round++) {
      const asked = request('tok_success');
      const [captured, concluded] = await Promise.all([
        simulator().capture(asked, never),
        simulator().conclude(asked.key, never),
      ]);
      expect(captured).toEqual(concluded);
    }
  });

  it('does not answer for a gateway that is away, and lets the charge be voided', async () => {
    const asked = request('tok_gateway_timeout');
    await expect(simulator().capture(asked, never)).rejects.toBeInstanceOf(ProviderSilent);
    await expect(simulator().capture(asked, never)).rejects.toBeInstanceOf(ProviderSilent);
    expect(await simulator().conclude(asked.key, never)).toEqual({ kind: 'VOIDED' });
  });

  it('captures silently, and tells a while later', async () => {
    const asked = request('tok_timeout_captured');
    await expect(simulator().capture(asked, never)).rejects.toBeInstanceOf(ProviderSilent);
    await expect(simulator().conclude(asked.key, never)).rejects.toBeInstanceOf(ProviderSilent);
    const speak = 'update simulator_charge set silent_until = now() where provider_key = $1';
    await db.database.run({ name: 'test.speak', text: speak }, [asked.key]);
    expect(await simulator().conclude(asked.key, never)).toMatchObject({ kind: 'CAPTURED' });
  });

  it('refunds once per key', async () => {
    const asked = request('tok_success');
    await simulator().capture(asked, never);
    const refund = { key: newId('refund'), chargeKey: asked.key, amountCents: 500 };
    const [one, two] = await Promise.all([simulator().refund(refund, never), simulator().refund(refund, never)]);
    expect(one).toEqual(two);
    const rows = await db.database.rows({ name: 'test.refunds', text: 'select 1 from simulator_refund where charge_key = $1' }, [
      asked.key,
    ]);
    expect(rows).toHaveLength(1);
  });
});

describe('its outcomes', () => {
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

  it('fail for every reason', () => {
    const outcomes = keys.map((key) => simulatedOutcome('tok_unheard_of', 0, 3, key));
    const reasons = new Set(outcomes.map((outcome) => (outcome.kind === 'DECLINED' ? outcome.reason : outcome.kind)));
    expect(reasons).toEqual(new Set(['INSUFFICIENT_FUNDS', 'CARD_DECLINED', 'INVALID_CARD', 'NEVER']));
  });
});
