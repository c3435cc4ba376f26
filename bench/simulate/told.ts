import type { JournalLine } from '../../verify/journal/line.ts';
import { asCharged, asDeclined, asHeld, asOrdered } from './answers.ts';
import type { WriteStep } from './behaviour.ts';

type Said = { userId: string; idempotencyKey: string };

/** What is asked for with a charge. */
export type ChargeRequest = { orderId: string; amountCents: number };

/**
 * The line of a journal for a definite answer, as docs/verify.md says. Null for what tells nothing: an error of the system, which
 * may or may not have done it.
 */
export function toldLine(
  step: WriteStep,
  said: Said,
  request: object,
  answer: { status: number; body: unknown; code: string | null },
): JournalLine | null {
  const { status, body, code } = answer;
  if (status >= 500) return null;
  const declined = step === 'charge' ? asDeclined(body) : null;
  if (declined !== null && isChargeRequest(request)) {
    const { orderId, amountCents } = request;
    return { told: 'charge', ...said, paymentId: declined.paymentId, orderId, amountCents, status: 'FAILED' };
  }
  if (code !== null) return { told: 'refusal', of: step, ...said, code };
  return doneLine(step, said, body);
}

function doneLine(step: WriteStep, said: Said, body: unknown): JournalLine | null {
  switch (step) {
    case 'reserve': {
      const held = asHeld(body);
      if (held === null) return null;
      const { reservationId, eventId, expiresAt } = held;
      const seatIds = held.seats.map(({ seatId }) => seatId);
      const places = held.places.map(({ section, quantity }) => ({ section, quantity }));
      return { told: 'reserve', ...said, reservationId, eventId, seatIds, places, expiresAt };
    }
    case 'order': {
      const ordered = asOrdered(body);
      if (ordered === null) return null;
      const { orderId, reservationId, totalCents } = ordered;
      return { told: 'order', ...said, orderId, reservationId, totalCents };
    }
    case 'charge': {
      const charged = asCharged(body);
      if (charged === null) return null;
      const { paymentId, orderId, amountCents, status } = charged;
      return { told: 'charge', ...said, paymentId, orderId, amountCents, status };
    }
  }
}

function isChargeRequest(request: object): request is ChargeRequest {
  return 'orderId' in request && 'amountCents' in request;
}
