import type { FailureReason } from '../../../contracts/http/payments.ts';
import { sql, type Database, type Tx } from '../../../platform/postgres/database.ts';
import type { RefundOrder, RefundOutcome } from './port.ts';

export type SimulatedCharge = {
  key: string;
  orderId: string;
  amountCents: number;
  currency: string;
  state: 'CAPTURED' | 'DECLINED' | 'SILENT' | 'VOIDED';
  declineReason: FailureReason | null;
  transactionId: string | null;
  silentUntil: Date | null;
  refusesRefunds: boolean;
};

const COLUMNS = `provider_key as key, order_reference as "orderId", amount_cents as "amountCents", currency, state,
  decline_reason as "declineReason", transaction_id as "transactionId", silent_until as "silentUntil",
  refuses_refunds as "refusesRefunds"`;

const INSERT = sql(
  'payments.simulator_insert_charges',
  `insert into simulator_charge (provider_key, order_reference, amount_cents, currency, state, decline_reason, transaction_id, silent_until,
     refuses_refunds)
   select * from unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::boolean[])
     as given (key, reference, amount, currency, state, reason, transaction, silent_until, refuses_refunds)
   order by key on conflict do nothing returning ${COLUMNS}`,
);
const READ_ALL = sql(
  'payments.simulator_read_charges',
  `select ${COLUMNS} from simulator_charge where provider_key = any($1::text[])`,
);
/** A charge it never heard of, or has not decided, will not be captured any more. */
const VOID = sql(
  'payments.simulator_void_charge',
  `insert into simulator_charge as charge (provider_key, order_reference, amount_cents, currency, state) values ($1, '', 0, '', 'VOIDED')
   on conflict (provider_key) do update set state = case when charge.state = 'SILENT' then 'VOIDED' else charge.state end
   returning ${COLUMNS}`,
);
const LOCK = sql(
  'payments.simulator_lock_charge',
  `select ${COLUMNS}, (select coalesce(sum(amount_cents), 0)::integer from simulator_refund where charge_key = $1) as "refundedCents"
   from simulator_charge where provider_key = $1 for update`,
);
const REFUND_BY_KEY = sql(
  'payments.simulator_refund_by_key',
  `select provider_refund_id as "providerRefundId" from simulator_refund where provider_key = $1`,
);
const REFUND = sql(
  'payments.simulator_insert_refund',
  `insert into simulator_refund (provider_key, charge_key, amount_cents, provider_refund_id) values ($1, $2, $3, $4)`,
);

/** Books charges whose key is new; answers what the books say of each. */
export async function insertSimulatedCharges(database: Tx, charges: readonly SimulatedCharge[]): Promise<SimulatedCharge[]> {
  const column = <T>(pick: (charge: SimulatedCharge) => T) => charges.map(pick);
  const booked = await database.rows<SimulatedCharge>(INSERT, [
    column((c) => c.key),
    column((c) => c.orderId),
    column((c) => c.amountCents),
    column((c) => c.currency),
    column((c) => c.state),
    column((c) => c.declineReason),
    column((c) => c.transactionId),
    column((c) => c.silentUntil),
    column((c) => c.refusesRefunds),
  ]);
  const byKey = new Map(booked.map((charge) => [charge.key, charge]));
  const known = charges.filter(({ key }) => !byKey.has(key)).map(({ key }) => key);
  if (known.length > 0)
    for (const charge of await database.rows<SimulatedCharge>(READ_ALL, [known])) byKey.set(charge.key, charge);
  return charges.map((charge) => byKey.get(charge.key) ?? charge);
}

export async function readSimulatedCharge(database: Database, key: string): Promise<SimulatedCharge | null> {
  return (await database.rows<SimulatedCharge>(READ_ALL, [[key]]))[0] ?? null;
}

export async function voidSimulatedCharge(database: Database, key: string): Promise<SimulatedCharge> {
  const [charge] = await database.rows<SimulatedCharge>(VOID, [key]);
  if (charge === undefined) throw new Error(`The simulated provider has no charge ${key}`);
  return charge;
}

type SimulatedRefund = RefundOrder & { providerRefundId: string };

/** Books a refund whose key is new, if the charge has that much left; answers what the books say of it. */
export async function bookSimulatedRefund(tx: Tx, refund: SimulatedRefund): Promise<RefundOutcome | 'SILENT'> {
  const { key, chargeKey, amountCents, providerRefundId } = refund;
  const charge = await lockForRefund(tx, chargeKey);
  if (charge === undefined || charge.state !== 'CAPTURED') return { kind: 'REFUSED', reason: 'CHARGE_NOT_CAPTURED' };
  if (charge.silentUntil !== null && charge.silentUntil.getTime() > Date.now()) return 'SILENT';
  const [known] = await tx.rows<{ providerRefundId: string }>(REFUND_BY_KEY, [key]);
  if (known !== undefined) return { kind: 'REFUNDED', ...known };
  if (charge.refusesRefunds) return { kind: 'REFUSED', reason: 'CARD_CLOSED' };
  if (charge.refundedCents + amountCents > charge.amountCents) return { kind: 'REFUSED', reason: 'AMOUNT_EXCEEDS_CHARGE' };
  await tx.run(REFUND, [key, chargeKey, amountCents, providerRefundId]);
  return { kind: 'REFUNDED', providerRefundId };
}

/** The sum is read when the lock is held: one that was read while waiting for it would miss the refund before. */
async function lockForRefund(tx: Tx, chargeKey: string): Promise<(SimulatedCharge & { refundedCents: number }) | undefined> {
  await tx.rows(LOCK, [chargeKey]);
  return (await tx.rows<SimulatedCharge & { refundedCents: number }>(LOCK, [chargeKey]))[0];
}
