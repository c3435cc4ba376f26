import { appendFileSync } from 'node:fs';
import type { JournalLine, Route } from '../../verify/journal/line.ts';
import type { Answer } from '../support/buyer.ts';

export type JournalFile = {
  path: string;
  /** Before the request is sent. */
  asked(route: Route, userId: string, idempotencyKey: string): void;
  /** A final answer to this request; what says "again, later" tells nothing. */
  told(route: Route, userId: string, idempotencyKey: string, answer: Answer, request: object): void;
};

/** Writes down what clients ask and are told, for `onsale verify --journal`. See docs/verify.md. */
export function journalFile(path: string): JournalFile {
  const write = (line: JournalLine): void => appendFileSync(path, `${JSON.stringify(line)}\n`);
  const now = () => new Date().toISOString();
  return {
    path,
    asked: (route, userId, idempotencyKey) => write({ asked: route, userId, idempotencyKey, at: now() }),
    told: (route, userId, idempotencyKey, answer, request) => {
      const line = lineOf(route, { userId, idempotencyKey, at: now() }, answer, request);
      if (line !== null) write(line);
    },
  };
}

type Said = { userId: string; idempotencyKey: string; at: string };

function lineOf(route: Route, said: Said, { status, body }: Answer, request: object): JournalLine | null {
  if (status >= 500 || status === 429 || body?.code === 'IDEMPOTENCY_IN_FLIGHT') return null;
  if (status >= 400 && body?.code !== 'PAYMENT_DECLINED') return { told: 'refusal', of: route, ...said, code: body.code };
  // A decline names the payment and why; what was to be paid for is in the request.
  const { reservationId, orderId, paymentId, amountCents } = { ...request, ...body };
  switch (route) {
    case 'reserve': {
      const { eventId, seats, places, expiresAt } = body;
      const seatIds = seats.map((seat: { seatId: number }) => seat.seatId);
      const held = places.map(({ section, quantity }: { section: string; quantity: number }) => ({ section, quantity }));
      return { told: 'reserve', ...said, reservationId, eventId, seatIds, places: held, expiresAt };
    }
    case 'order':
      return { told: 'order', ...said, orderId, reservationId, totalCents: body.totalCents };
    case 'charge':
      return { told: 'charge', ...said, paymentId, orderId, amountCents, status: status === 402 ? 'FAILED' : body.status };
    case 'booking':
      return { told: 'booking', ...said, orderId, status: body.status };
    case 'refund':
      return { told: 'refund', ...said, refundId: body.refundId, paymentId, amountCents, status: body.status };
  }
}
