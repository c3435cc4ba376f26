import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buy, makeEvent, someone } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let system: TestSystem;
let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  const file = join(folder, 'pricing.json');
  writeFileSync(file, JSON.stringify({ NL: { feePercent: 10, feeFixedCents: { JPY: 7, default: 50 }, taxPercent: 9 } }));
  system = await startSystem({ settings: { PRICING_FILE: file, TAX_PERCENT: '20' } });
});
afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true });
});

const hall = (priceCents: number) => [{ section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents, capacity: 10 }];
const two = { places: [{ section: 'Floor', quantity: 2 }] };

describe('what an order costs', () => {
  it('is by the rules of the country that the venue is in', async () => {
    const eventId = await makeEvent(someone(system, 'organizer'), hall(1_000), { currency: 'EUR' });
    const { order, charge } = await buy(someone(system, 'customer'), eventId, two);
    // Each: 1000 + (100 + 50) = 1150, and 9 % of that is 103.5.
    expect(order).toMatchObject({ subtotalCents: 2_000, feeCents: 300, taxCents: 208, totalCents: 2_508, currency: 'EUR' });
    expect(charge).toMatchObject({ status: 201, body: { amountCents: 2_508 } });
  });

  it('is in whole yen for yen, with the fixed fee of that currency', async () => {
    const eventId = await makeEvent(someone(system, 'organizer'), hall(995), { currency: 'JPY' });
    const { order } = await buy(someone(system, 'customer'), eventId, two);
    // Each: 995 + (99.5 → 100 + 7) = 1102, and 9 % of that is 99.18.
    expect(order).toMatchObject({ subtotalCents: 1_990, feeCents: 214, taxCents: 198, totalCents: 2_402, currency: 'JPY' });
  });

  it('is nothing for what is given away: confirmed without a charge, and a waiting reader sees it', async () => {
    const eventId = await makeEvent(someone(system, 'organizer'), hall(0));
    const buyer = someone(system, 'customer');
    const { reservationId } = (await buyer.send('POST', '/v1/seats/reserve', { eventId, ...two })).body;
    const made = await buyer.send('POST', '/v1/orders', { reservationId }, { key: randomUUID() });
    expect(made).toMatchObject({ status: 201, body: { status: 'PENDING', totalCents: 0 } });
    const read = await buyer.get(`/v1/orders/${made.body.orderId}?waitFor=CONFIRMED&timeoutMs=15000`);
    expect(read.body.status).toBe('CONFIRMED');
    expect((await buyer.get(`/v1/orders/${made.body.orderId}/tickets`)).body.tickets).toHaveLength(2);
  });
});
