import { describe, expect, it } from 'vitest';
import { runVerify } from '../../verify/run-verify.ts';
import { compareEdges, edgesOfTable, edgesThatHappened } from './edges.ts';
import { freeOrders } from './free-orders.ts';
import { givingUp } from './giving-up.ts';
import { openHouse } from './house.ts';
import { lateMoney } from './late-money.ts';
import { oneCallBookings } from './one-call-bookings.ts';
import { paying } from './paying.ts';
import { refunding } from './refunding.ts';
import { STATUS_EDGES, statusChangesOf } from './status-changes.ts';

/** Every way that a sale can go, through the whole system; and then, which ways were gone. */

const house = openHouse();

paying(house);
freeOrders(house);
lateMoney(house);
givingUp(house);
refunding(house);
oneCallBookings(house);

describe('seats that an organizer takes out of the sale', () => {
  it('are blocked, and come back', async () => {
    const eventId = await house.event();
    for (const [what, status] of [
      ['block', 'BLOCKED'],
      ['unblock', 'AVAILABLE'],
    ] as const) {
      expect((await house.organizer().send('PUT', `/v1/seats/${what}`, { eventId, seatIds: [1] })).status).toBe(200);
      await house.seatIs(eventId, 1, status);
    }
  });
});

describe('the ways that these sales went', () => {
  it('are all that the table of an order has, and no others', async () => {
    const happened = await edgesThatHappened(house.databaseOf('orders'));
    expect(compareEdges(edgesOfTable(), happened)).toEqual({ notDriven: [], notPromised: [] });
  });

  const things = Object.entries(STATUS_EDGES).flatMap(([service, edges]) =>
    Object.entries(edges).map(([thing, promised]) => ({ service, thing, promised })),
  );
  it.each(things)('are all that a $thing of $service can go, and no others', async ({ service, thing, promised }) => {
    const happened = await statusChangesOf(house.system().databaseOf(service), thing);
    expect(compareEdges(promised, happened)).toEqual({ notDriven: [], notPromised: [] });
  });

  it('break no promise, and verify tells what is owed because a provider refused to give it back', async () => {
    const lines: string[] = [];
    const code = await runVerify(house.system().settings, { settleMs: 20_000 }, (line) => lines.push(line));
    expect(code, lines.join('\n')).toBe(0);
    const verdicts = lines.filter((line) => /^[1-8] /.test(line)).map((line) => line.slice(0, 14).trim());
    // 2 and 7 would need a journal of what clients were told.
    expect(verdicts).toEqual([
      '1  holds',
      '2  not checked',
      '3  holds',
      '4  holds',
      '5  holds',
      '6  holds',
      '7  not checked',
      '8  holds',
    ]);
    expect(lines.filter((line) => line.includes('OWED')).map((line) => line.trim())).toEqual([
      'OWED: late payments that the provider refused to give back: 1',
      'OWED: void tickets of cancelled events whose money the provider refused to give back: 2',
    ]);
  });
});

describe('the comparison of ways', () => {
  const table = edgesOfTable();
  const imagined = 'REFUNDED --MONEY_TAKEN_BACK--> PENDING';

  it('names a transition of the table that nothing drove', () => {
    expect(compareEdges([...table, imagined], table)).toEqual({ notDriven: [imagined], notPromised: [] });
  });

  it('names a transition that happened and is not in the table', () => {
    const [first = '', ...rest] = table;
    expect(compareEdges(rest, table)).toEqual({ notDriven: [], notPromised: [first] });
  });
});
