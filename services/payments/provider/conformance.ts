import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import { FAILURE_REASONS } from '../../../contracts/http/payments.ts';
import { ProviderSilent, type CaptureRequest, type PaymentProvider, type RefundOrder } from './port.ts';

/** What a provider brings to be proven: itself, in its test mode, and the tokens that force it to do each thing. */
export type ProviderHarness = {
  /** As one more process of ours uses it: what it knows, the provider knows, not the process. */
  open(): PaymentProvider;
  tokens: {
    captured: string;
    declined: string;
    /** No answer, and never captured. */
    silent: string;
    /** Captured, and silent about it until `speak`. */
    capturedInSilence: string;
    /** Captured, and its refunds are refused for good. */
    refusesRefunds: string;
  };
  speak(chargeKey: string): Promise<void>;
  /** What the provider has given back of a charge, by its own books. */
  refundedCents(chargeKey: string): Promise<number>;
  remove(): Promise<void>;
};

const AMOUNT_CENTS = 500;
const never = new AbortController().signal;

/** What everything in this service relies on, whoever moves the money. */
export function describeProvider(name: string, createHarness: () => Promise<ProviderHarness>): void {
  describe(`payment provider ${name}`, () => {
    let harness: ProviderHarness;
    beforeAll(async () => {
      harness = await createHarness();
    });
    afterAll(() => harness.remove());

    function request(token: string): CaptureRequest {
      const [key, orderId] = [newId('payment'), newId('order')];
      return { key, orderId, amountCents: AMOUNT_CENTS, currency: 'USD', method: 'CREDIT_CARD', token };
    }

    async function captured(token = harness.tokens.captured): Promise<string> {
      const asked = request(token);
      expect(await harness.open().capture(asked, never)).toMatchObject({ kind: 'CAPTURED' });
      return asked.key;
    }

    const refundOf = (chargeKey: string, amountCents: number): RefundOrder => ({ key: newId('refund'), chargeKey, amountCents });
    const refund = (order: RefundOrder) => harness.open().refund(order, never);

    it('captures once by one key, whatever is asked later and by whom', async () => {
      const asked = request(harness.tokens.captured);
      const first = await harness.open().capture(asked, never);
      expect(first).toEqual({ kind: 'CAPTURED', transactionId: expect.stringMatching(/./) });
      const again = await Promise.all([
        harness.open().capture({ ...asked, token: harness.tokens.declined }, never),
        harness.open().capture(asked, never),
        harness.open().conclude(asked.key, never),
      ]);
      expect(again).toEqual([first, first, first]);
    });

    it('captures once when a key is used many times at once', async () => {
      const asked = request(harness.tokens.captured);
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => harness.open().capture(asked, never)));
      expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    });

    it('declines for a reason that we know, for good', async () => {
      const asked = request(harness.tokens.declined);
      const declined = await harness.open().capture(asked, never);
      expect(declined).toMatchObject({ kind: 'DECLINED' });
      if (declined.kind === 'DECLINED') expect(FAILURE_REASONS).toContain(declined.reason);
      expect(await harness.open().capture({ ...asked, token: harness.tokens.captured }, never)).toEqual(declined);
      expect(await harness.open().conclude(asked.key, never)).toEqual(declined);
    });

    it('never captures what it has concluded without a capture', async () => {
      const asked = request(harness.tokens.captured);
      expect(await harness.open().conclude(asked.key, never)).toEqual({ kind: 'VOIDED' });
      expect(await harness.open().capture(asked, never)).toEqual({ kind: 'VOIDED' });
    });

    it('tells capture and conclusion the same when they come together', async () => {
      for (let round = 0; round < 20; round++) {
        const asked = request(harness.tokens.captured);
        const [capture, conclusion] = await Promise.all([
          harness.open().capture(asked, never),
          harness.open().conclude(asked.key, never),
        ]);
        expect(capture).toEqual(conclusion);
      }
    });

    it('is silent rather than wrong, and then lets the charge be voided', async () => {
      const asked = request(harness.tokens.silent);
      for (let attempt = 0; attempt < 2; attempt++)
        await expect(harness.open().capture(asked, never)).rejects.toBeInstanceOf(ProviderSilent);
      expect(await harness.open().conclude(asked.key, never)).toEqual({ kind: 'VOIDED' });
    });

    it('tells later what it captured in silence', async () => {
      const asked = request(harness.tokens.capturedInSilence);
      await expect(harness.open().capture(asked, never)).rejects.toBeInstanceOf(ProviderSilent);
      await expect(harness.open().conclude(asked.key, never)).rejects.toBeInstanceOf(ProviderSilent);
      await harness.speak(asked.key);
      expect(await harness.open().conclude(asked.key, never)).toMatchObject({ kind: 'CAPTURED' });
    });

    it('refunds once by one key, however often it is asked', async () => {
      const order = refundOf(await captured(), AMOUNT_CENTS);
      const answers = await Promise.all(Array.from({ length: 5 }, () => refund(order)));
      expect(answers[0]).toEqual({ kind: 'REFUNDED', providerRefundId: expect.stringMatching(/./) });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(await refund(order)).toEqual(answers[0]);
      expect(await harness.refundedCents(order.chargeKey)).toBe(AMOUNT_CENTS);
    });

    it('never gives back more than it captured, when many refunds run at once', async () => {
      const chargeKey = await captured();
      const answers = await Promise.all(Array.from({ length: 8 }, () => refund(refundOf(chargeKey, 200))));
      expect(answers.filter(({ kind }) => kind === 'REFUNDED')).toHaveLength(2);
      expect(answers.filter(({ kind }) => kind === 'REFUSED')).toHaveLength(6);
      expect(await harness.refundedCents(chargeKey)).toBe(400);
    });

    it('refuses for good to refund what it did not capture, or cannot pay out', async () => {
      const declined = request(harness.tokens.declined);
      await harness.open().capture(declined, never);
      for (const chargeKey of [declined.key, newId('payment'), await captured(harness.tokens.refusesRefunds)]) {
        const order = refundOf(chargeKey, 100);
        const refused = await refund(order);
        expect(refused).toEqual({ kind: 'REFUSED', reason: expect.stringMatching(/^[A-Z_]+$/) });
        expect(await refund(order)).toEqual(refused);
        expect(await harness.refundedCents(chargeKey)).toBe(0);
      }
    });
  });
}
