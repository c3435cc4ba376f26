import { Admin } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runVerify } from '../../verify/run-verify.ts';
import { buy, makeEvent, someone } from '../support/buyer.ts';
import { kafkaMissing, startTestBroker, type TestBroker } from '../support/kafka.ts';
import { runTour } from '../support/readme-tour.ts';
import { spawnSystem, startSystem } from '../support/system.ts';

const HALL = [{ section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] }];

describe.skipIf(kafkaMissing !== null)('the whole program with its event log on Apache Kafka', () => {
  let broker: TestBroker;
  beforeAll(async () => {
    broker = await startTestBroker();
  }, 120_000);
  afterAll(() => broker.remove());

  it('sells tickets and gives them back, and verify finds nothing wrong', async () => {
    const settings = { KAFKA_BROKERS: broker.address, ONSALE_TOPIC_PREFIX: 'sale.' };
    const system = await startSystem({ settings });
    try {
      const eventId = await makeEvent(someone(system, 'organizer'), HALL);
      const buyer = someone(system, 'customer');
      const { order, charge } = await buy(buyer, eventId, { seatIds: [1, 2] });
      const confirmed = await buyer.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
      expect(confirmed.body).toMatchObject({ status: 'CONFIRMED' });
      const refund = { paymentId: charge.body.paymentId, reason: 'All' };
      expect(await someone(system, 'admin').send('POST', '/v1/refund', refund, { key: 'all' })).toMatchObject({ status: 201 });
      await vi.waitFor(async () => {
        expect((await buyer.get(`/v1/orders/${order.orderId}`)).body).toMatchObject({ status: 'REFUNDED' });
      }, 10_000);

      const lines: string[] = [];
      expect(await runVerify(system.settings, { json: true }, (line) => lines.push(line))).toBe(0);
      const said = JSON.parse(lines.join('\n'));
      expect(said).toMatchObject({ settled: true, busy: [] });
      const verdicts: { invariant: number; verdict: string }[] = said.verdicts;
      expect(verdicts.filter(({ verdict }) => verdict === 'holds').map(({ invariant }) => invariant)).toEqual(
        expect.arrayContaining([1, 3, 4]),
      );
      expect(verdicts.find(({ invariant }) => invariant === 8)).toMatchObject({ verdict: 'not checked' });
    } finally {
      await system.stop();
    }

    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] });
    const { topics } = await admin.metadata({ topics: ['sale.seat.events', 'sale.analytics.events'] });
    await admin.close();
    expect([...topics.values()].map(({ partitionsCount }) => partitionsCount)).toEqual([12, 12]);
  }, 60_000);

  it('shows the tour of the README', async () => {
    const system = await spawnSystem({ settings: { ONSALE_DEMO: 'true', KAFKA_BROKERS: broker.address } });
    try {
      await expect(runTour(system.url)).resolves.toBeUndefined();
    } finally {
      await system.remove();
    }
  }, 120_000);
});
