import { expect } from 'vitest';
import type { Role } from '../platform/auth/identity.ts';
import type { Environment } from '../platform/config/settings.ts';
import { buy, clientWith, makeEvent, type Client } from '../test/support/buyer.ts';
import { startSystem, type TestSystem } from '../test/support/system.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Verdict } from './report.ts';
import { runVerify } from './run-verify.ts';

const HALL = [
  { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: [{ row: 'A', seats: 40 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 2_000, capacity: 50 },
];

export type Sold = { buyer: Client; orderId: string; reservationId: string; paymentId: string };
type Said = { code: number; deadLetters: DeadLetters[]; lines: string[]; of: (invariant: number) => Verdict };
type Change = { in: string; text: string; values?: unknown[] };

/** A system with one event on sale, to plant violations in and see them named. */
export type Planted = {
  system: TestSystem;
  eventId: string;
  someone(...roles: Role[]): Client;
  sold(selection: object): Promise<Sold>;
  verdicts(options?: { journal?: string; settleMs?: number }): Promise<Said>;
  change(changes: readonly Change[]): Promise<void>;
  /** What `verify` calls the planted violation of this invariant; the plant is taken away again. */
  named(invariant: number, plant: Change[], remove: Change[], journal?: string): Promise<string[]>;
};

export async function planted(settings: Environment = {}): Promise<Planted> {
  const system = await startSystem({ settings });
  let statements = 0;
  const someone = (...roles: Role[]): Client => {
    const { userId, token } = system.signIn(...roles);
    return clientWith(system.url, userId, token);
  };
  const eventId = await makeEvent(someone('organizer'), HALL);

  async function change(changes: readonly Change[]): Promise<void> {
    for (const { in: database, text, values = [] } of changes)
      await system.databaseOf(database).run({ name: `test.plant_${statements++}`, text }, values);
  }

  async function verdicts(options: { journal?: string; settleMs?: number } = {}) {
    const json: string[] = [];
    const code = await runVerify(system.settings, { settleMs: 10_000, json: true, ...options }, (line) => json.push(line));
    const lines: string[] = [];
    await runVerify(system.settings, { settleMs: 0, ...options }, (line) => lines.push(line));
    const said: { verdicts: Verdict[]; deadLetters: DeadLetters[] } = JSON.parse(json.join('\n'));
    const of = (invariant: number): Verdict => {
      const verdict = said.verdicts.find((one) => one.invariant === invariant);
      if (verdict === undefined) throw new Error(`Nothing was said of invariant ${invariant}`);
      return verdict;
    };
    return { code, of, lines, deadLetters: said.deadLetters };
  }

  return {
    system,
    eventId,
    someone,
    change,
    verdicts,
    sold: async (selection) => {
      const buyer = someone('customer');
      const { order, reservation, charge } = await buy(buyer, eventId, selection);
      const { body } = await buyer.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
      expect(body.status).toBe('CONFIRMED');
      return { buyer, orderId: order.orderId, reservationId: reservation.reservationId, paymentId: charge.body.paymentId };
    },
    named: async (invariant, plant, remove, journal) => {
      await change(plant);
      try {
        const { code, of } = await verdicts(journal === undefined ? {} : { journal });
        const verdict = of(invariant);
        if (verdict.verdict !== 'broken') return [JSON.stringify(verdict)];
        expect(code).toBe(1);
        return verdict.violations.map(({ what }) => what);
      } finally {
        await change(remove);
      }
    },
  };
}
