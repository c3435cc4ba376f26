import { describe, expect, it } from 'vitest';
import { ProviderSilent, type CaptureRequest, type PaymentProvider, type ProviderOutcome } from './port.ts';
import { makeResilient } from './resilience.ts';

const REQUEST: CaptureRequest = {
  key: 'pay_1',
  orderId: 'ord_1',
  amountCents: 1,
  currency: 'USD',
  method: 'UPI',
  token: undefined,
};
const CAPTURED: ProviderOutcome = { kind: 'CAPTURED', transactionId: 'tx' };

/** Answers with these in turn; null is silence. */
function scripted(
  answers: (ProviderOutcome | null)[],
  conclusion: ProviderOutcome | null,
): PaymentProvider & { captures: number; conclusions: number } {
  const say = async (answer: ProviderOutcome | null): Promise<ProviderOutcome> => {
    if (answer === null) throw new ProviderSilent('silent');
    return answer;
  };
  const provider = {
    captures: 0,
    conclusions: 0,
    capture: () => say(answers[provider.captures++] ?? null),
    conclude: () => {
      provider.conclusions++;
      return say(conclusion);
    },
    refund: () => Promise.reject(new ProviderSilent('silent')),
  };
  return provider;
}

describe('asking the provider', () => {
  it('tries silence again, with the same key, and tells of each retry', async () => {
    const provider = scripted([null, null, CAPTURED], null);
    const retries: number[] = [];
    const outcome = await makeResilient(provider).capture(REQUEST, async (attempt) => void retries.push(attempt));
    expect(outcome).toEqual(CAPTURED);
    expect(retries).toEqual([2, 3]);
  });

  it('takes a decline for an answer', async () => {
    const declined: ProviderOutcome = { kind: 'DECLINED', reason: 'CARD_DECLINED' };
    const provider = scripted([declined], null);
    expect(await makeResilient(provider).capture(REQUEST, async () => {})).toEqual(declined);
    expect(provider).toMatchObject({ captures: 1, conclusions: 0 });
  });

  it('asks what became of it after the last attempt, and does not know when that is not answered either', async () => {
    expect(await makeResilient(scripted([], CAPTURED)).capture(REQUEST, async () => {})).toEqual(CAPTURED);
    const silent = scripted([], null);
    expect(await makeResilient(silent).capture(REQUEST, async () => {})).toEqual({ kind: 'UNKNOWN' });
    expect(silent).toMatchObject({ captures: 3, conclusions: 1 });
  });

  it('knows nothing of a refund that was not answered', async () => {
    expect(await makeResilient(scripted([], null)).refund({ key: 'ref_1', chargeKey: 'pay_1', amountCents: 1 })).toBeNull();
  });

  it('is not tried any more while nearly all of many fail, and passes on errors that are no silence', async () => {
    const silent = makeResilient(scripted([], null));
    expect(silent.available()).toBe(true);
    await Promise.all(Array.from({ length: 60 }, () => silent.conclude('pay_1')));
    expect(silent.available()).toBe(false);
    const broken = { ...scripted([], null), conclude: () => Promise.reject(new TypeError('a bug')) };
    await expect(makeResilient(broken).conclude('pay_1')).rejects.toThrow('a bug');
  });
});
