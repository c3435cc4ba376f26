import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { ORDER_STATUSES, type OrderStatus } from '../../../contracts/http/orders.ts';
import { isSettled, nextStatus, ORDER_CAUSES, type OrderCause } from './order-status.ts';

const DOCUMENT = '../../../docs/order-states.md';

const CAUSES: Record<OrderCause, string> = {
  PAYMENT_STARTED: 'A payment for the order began; seating keeps the seats for it.',
  PAYMENT_FAILED: 'The payment came to nothing: another card may be tried.',
  BOOKING_DECLINED: 'The payment of a booking made in one call came to nothing: the seats are released.',
  HOLD_EXPIRED: 'The hold on the seats ran out.',
  HOLD_RELEASED: 'The seats were released, by the buyer or because of a payment.',
  EVENT_CANCELLED: 'The event was cancelled.',
  CANCELLED_BY_BUYER: 'The buyer gave the order up.',
  SEATS_ALLOCATED: 'It is paid, or costs nothing, and seating gave the seats for good: the tickets are issued.',
  SEATS_GONE: 'It is paid, but another has the seats, or the order had ended: the money goes back.',
  PAID_BUT_CANCELLED: 'It is paid, but was given up during the payment: the money goes back.',
  PAID_BUT_EVENT_CANCELLED: 'It is paid, but the event was cancelled: the money goes back.',
  MONEY_RETURNED: 'Money for an order that could not be had went back.',
  PARTLY_REFUNDED: 'The money of some of its tickets went back.',
  TICKETS_REFUNDED: 'The money of all its tickets went back.',
  NOTHING_TO_REFUND: 'It was given up and had cost nothing.',
  REFUND_FAILED: 'The provider refused to give the money back: somebody must look.',
};

type Edge = { from: OrderStatus; cause: OrderCause; to: OrderStatus };

/** The table itself, asked for everything it could be asked. */
function edges(): Edge[] {
  return ORDER_STATUSES.flatMap((from) =>
    ORDER_CAUSES.flatMap((cause) => {
      const to = nextStatus(from, cause);
      return to === null ? [] : [{ from, cause, to }];
    }),
  );
}

/** Arrows of the diagram: one for each pair of statuses, with its causes. */
function arrows(all: readonly Edge[]): string[] {
  const causes = Map.groupBy(all, ({ from, to }) => `${from} --> ${to}`);
  return [...causes].map(([pair, list]) => `  ${pair}: ${list.map(({ cause }) => cause).join('<br/>')}`);
}

function orderStatesDocument(): string {
  const all = edges();
  const moves = all.filter(({ from, to }) => from !== to);
  const row = ({ from, cause, to }: Edge): string => `| ${from} | ${cause} | ${from === to ? 'stays' : to} |`;
  return [
    '# States of an order',
    '',
    'Made from the table of transitions in `services/orders/domain/order-status.ts`, which alone changes the status of an order.',
    'Do not edit it by hand: `npx vitest run services/orders/domain/order-states-document.test.ts -u` writes it anew, and the same',
    'test fails when the two differ.',
    '',
    'What the table does not have changes nothing: news that comes twice, late or out of order finds no transition.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  direction LR',
    '  [*] --> PENDING: CREATED',
    ...arrows(moves),
    '```',
    '',
    `A wait for \`CONFIRMED\`, and the stream of an order, end in ${ORDER_STATUSES.filter(isSettled).join(', ')}.`,
    '',
    '## What can happen',
    '',
    '| cause | means |',
    '| --- | --- |',
    ...ORDER_CAUSES.map((cause) => `| ${cause} | ${CAUSES[cause]} |`),
    '',
    '## Every transition',
    '',
    'Where the status stays, something is noted: why a hold ended, that the order was given up, or which payment goes back.',
    '',
    '| from | cause | to |',
    '| --- | --- | --- |',
    ...all.map(row),
    '',
  ].join('\n');
}

describe('the states of an order', () => {
  it('are documented as they are', async () => {
    const text = await format(orderStatesDocument(), { parser: 'markdown', singleQuote: true, printWidth: 130 });
    await expect(text).toMatchFileSnapshot(DOCUMENT);
  });

  it('can all be reached from the first', () => {
    const reached = new Set<OrderStatus>(['PENDING']);
    for (const _ of ORDER_STATUSES) for (const { from, to } of edges()) if (reached.has(from)) reached.add(to);
    expect(ORDER_STATUSES.filter((status) => !reached.has(status))).toEqual([]);
  });
});
