import type { FailureReason, PaymentMethod } from '../../../contracts/http/payments.ts';

export type CaptureRequest = {
  /** The provider does one thing per key, however often it is asked: our payment id. */
  key: string;
  orderId: string;
  amountCents: number;
  currency: string;
  method: PaymentMethod;
  token: string | undefined;
};

/** What became of a charge, for good. VOIDED: it was not captured and never will be. */
export type ProviderOutcome =
  { kind: 'CAPTURED'; transactionId: string } | { kind: 'DECLINED'; reason: FailureReason } | { kind: 'VOIDED' };

/** `key` is our refund id, `chargeKey` our payment id. */
export type RefundOrder = { key: string; chargeKey: string; amountCents: number };

/** What became of a refund, for good. `providerRefundId` is null where there was nothing to ask the provider for. */
export type RefundOutcome = { kind: 'REFUNDED'; providerRefundId: string | null } | { kind: 'REFUSED'; reason: string };

/** The provider did not answer, or said that it could not: what became of the request is not known. */
export class ProviderSilent extends Error {
  override readonly name = 'ProviderSilent';
}

/** Whoever moves the money. Every call may be made again with the same key; every call may throw `ProviderSilent`. */
export interface PaymentProvider {
  /** Authorizes and captures. */
  capture(request: CaptureRequest, signal: AbortSignal): Promise<ProviderOutcome>;
  /** What became of a charge. One that has not been captured by now never will be, so the answer is final. */
  conclude(key: string, signal: AbortSignal): Promise<ProviderOutcome>;
  /** Gives a part of a captured charge back. REFUSED is final for this key. */
  refund(request: RefundOrder, signal: AbortSignal): Promise<RefundOutcome>;
}
