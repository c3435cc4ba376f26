import type { OpenDatabase } from '../platform/postgres/pool.ts';

type Owner = 'seating' | 'orders' | 'payments' | 'event-log';

/**
 * In turn a seat that was paid for, two places that were paid for, a seat that is held and ordered but whose payment was declined,
 * and two places that were given back.
 */
const KINDS = `case n % 4 when 0 then 'SEAT_PAID' when 1 then 'PLACES_PAID' when 2 then 'SEAT_HELD' else 'PLACES_RELEASED' end`;

/** Everything of reservation n, in one place for all databases. */
const SALE = `(
  select n, kind, kind in ('SEAT_PAID', 'SEAT_HELD') as seated, kind in ('SEAT_PAID', 'PLACES_PAID') as paid, kind <> 'PLACES_RELEASED' as live,
    'res_' || lpad(n::text, 10, '0') as res, 'ord_' || lpad(n::text, 10, '0') as ord, 'pay_' || lpad(n::text, 10, '0') as pay,
    'usr_' || lpad(n::text, 10, '0') as usr, 'tkt_' || lpad(n::text, 10, '0') as tkt,
    case when kind in ('SEAT_PAID', 'SEAT_HELD') then 1 else 2 end as quantity,
    timestamptz '2026-01-01' + n * interval '1 millisecond' as at
  from (select n, ${KINDS} as kind from generate_series(1, $1::integer) as n) as numbered
) as sale`;

/** As the log has it: \`type\` of the domain event that belongs to \`n\`, and its \`data\`. */
const event = (type: string, data: string) =>
  `jsonb_build_object('id', md5('${type}' || n)::uuid, 'type', '${type}', 'data', ${data})`;
const changeOfSeats = `'eventId', 'evt_large', 'reservationId', res, 'seatIds', case when seated then jsonb_build_array(n) else '[]' end,
  'places', case when seated then '[]' else jsonb_build_array(jsonb_build_object('section', 'Floor', 'quantity', 2)) end`;
/** So many reservations went together in one batch, which has one record and one version. */
const BATCH = 50;
const batches = (type: string, where: string, more: string, versionsBefore: string) => `
  select 'seat.events' as topic, 'evt_large' as key, jsonb_agg(${event(type, `jsonb_build_object(${changeOfSeats}, 'version', version, ${more})`)} order by n)::text as events,
    version::bigint as position
  from (select *, ${versionsBefore} + 1 + (n - 1) / ${BATCH} as version from ${SALE} where ${where}) as told group by version`;
const bookings = `
  select 'booking.events', ord, jsonb_build_array(${event('booking.initiated', `jsonb_build_object('orderId', ord)`)})::text, n * 2
  from ${SALE} where live
  union all
  select 'booking.events', ord, jsonb_build_array(
    ${event('booking.confirmed', `jsonb_build_object('orderId', ord)`)},
    ${event('ticket.issued', `jsonb_build_object('orderId', ord, 'tickets', (select jsonb_agg(ticket) from generate_series(1, quantity) as ticket))`)})::text,
    n * 2 + 1
  from ${SALE} where paid`;
const payments = `
  select 'payment.events', ord, jsonb_build_array(
    ${event('payment.requested', `jsonb_build_object('orderId', ord, 'paymentId', pay)`)},
    case when paid then ${event('payment.completed', `jsonb_build_object('orderId', ord, 'paymentId', pay)`)}
      else ${event('payment.failed', `jsonb_build_object('orderId', ord, 'paymentId', pay)`)} end)::text, n
  from ${SALE} where live`;
const BATCHES_OF_ALL = `(($1::integer - 1) / ${BATCH} + 1)`;

const STATEMENTS: readonly [Owner, string][] = [
  [
    'seating',
    `insert into event_sale (event_id, version, total_seats, available_seats, revision, organizer_id, status, currency, on_sale_at, end_date, max_tickets_per_user)
     select 'evt_large', 3 * ${BATCHES_OF_ALL}, $1, 0, 1, 'usr_organizer', 'UPCOMING', 'USD', now(), now(), 10`,
  ],
  [
    'seating',
    `insert into section values ('evt_large', 0, 'Stalls', 'SEATED', 100, 1, 1), ('evt_large', 1, 'Floor', 'GENERAL_ADMISSION', 100, null, null)`,
  ],
  [
    'seating',
    `insert into place_state select 'evt_large', 1, 2 * $1::integer, 0, coalesce(sum(quantity) filter (where kind = 'PLACES_PAID'), 0) from ${SALE}`,
  ],
  [
    'seating',
    `insert into seat_state select 'evt_large', n, case kind when 'SEAT_PAID' then 'L'::"char" when 'SEAT_HELD' then 'R' else 'A' end, case when seated then res end from ${SALE}`,
  ],
  [
    'seating',
    `insert into reservation (reservation_id, event_id, user_id, status, seat_ids, place_sections, place_quantities, quantity, content,
       reserved_at, expires_at, held_until, order_id, outcome, ended_at, end_reason)
     select res, 'evt_large', usr, case when paid then 'ALLOCATED' when live then 'RESERVED' else 'RELEASED' end,
       case when seated then array[n] else '{}' end, case when seated then '{}' else array[1] end, case when seated then '{}' else array[2] end,
       quantity, json_build_object('seats', case when seated then json_build_array(json_build_object('seatId', n)) else '[]' end,
         'places', case when seated then '[]' else json_build_array(json_build_object('section', 'Floor', 'quantity', 2)) end),
       at, at + interval '900 seconds', at + interval '900 seconds', case when paid then ord end, case when paid then 'ALLOCATED' end,
       case when not live then at end, case when not live then 'CANCELLED' end
     from ${SALE}`,
  ],
  [
    'orders',
    `insert into orders (order_id, user_id, event_id, reservation_id, status, items, subtotal_cents, fee_cents, tax_cents, total_cents, currency,
       payment_id, confirmation_number, expires_at, created_at, updated_at)
     select ord, usr, 'evt_large', res, case when paid then 'CONFIRMED' else 'PENDING' end,
       (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('item', item, 'seatId', case when seated then n end, 'section', case when seated then 'Stalls' else 'Floor' end)))
        from generate_series(1, quantity) as item),
       100 * quantity, 0, 0, 100 * quantity, 'USD', case when paid then pay end, case when paid then ord end, at, at, at
     from ${SALE} where live`,
  ],
  [
    'orders',
    `insert into order_change (order_id, from_status, to_status, cause, changed_at)
     select ord, from_status, to_status, 'TEST', at from ${SALE}
     cross join (values (0, null, 'PENDING'), (1, 'PENDING', 'PAYMENT_PROCESSING'), (2, 'PAYMENT_PROCESSING', null)) as step (step, from_status, then_status)
     cross join lateral (select coalesce(then_status, case when paid then 'CONFIRMED' else 'PENDING' end) as to_status) as target
     where live order by n, step`,
  ],
  [
    'orders',
    `insert into ticket (ticket_id, order_id, event_id, user_id, section, seat_id, seat_code, value_cents, status, ticket_code, qr_payload, issued_at)
     select tkt || '-' || copy, ord, 'evt_large', usr, case when seated then 'Stalls' else 'Floor' end, case when seated then n end, 'A-' || n, 100, 'VALID',
       tkt || '-' || copy, '', at
     from ${SALE} cross join lateral generate_series(1, quantity) as copy where paid`,
  ],
  [
    'payments',
    `insert into payment (payment_id, order_id, user_id, event_id, reservation_id, amount_cents, currency, payment_method, status, idempotency_key, created_at, updated_at)
     select pay, ord, usr, 'evt_large', res, 100 * quantity, 'USD', 'CREDIT_CARD', case when paid then 'SUCCESS' else 'FAILED' end, 'key', at, at
     from ${SALE} where live`,
  ],
  [
    'payments',
    `insert into simulator_charge (provider_key, order_reference, amount_cents, currency, state)
     select pay, ord, 100 * quantity, 'USD', case when paid then 'CAPTURED' else 'DECLINED' end from ${SALE} where live`,
  ],
  [
    'event-log',
    `with told as (
       ${batches('seat.reserved', 'true', `'totalCents', 100 * quantity`, '0')}
       union all ${batches('seat.allocated', 'paid', `'previousStatus', 'RESERVED'`, BATCHES_OF_ALL)}
       union all ${batches('seat.released', 'not live', `'previousStatus', 'RESERVED', 'reason', 'CANCELLED'`, `2 * ${BATCHES_OF_ALL}`)}
       union all ${bookings}
       union all ${payments}
     ), topics as (
       insert into topic select topic, count(*) from told group by topic
     )
     insert into record (topic, log_offset, id, key, events, appended_at)
     select topic, row_number() over (partition by topic order by position) - 1, md5(topic || key || position)::uuid, key, events, timestamptz '2026-01-01'
     from told`,
  ],
];

/**
 * Writes a sale of so many reservations, a multiple of 4, into empty databases, with everything that would have been written had it
 * happened: three quarters of them ordered, half of them paid and with tickets.
 */
export async function plantLargeSale(databaseOf: (owner: Owner) => OpenDatabase, reservations: number): Promise<void> {
  let number = 0;
  for (const [owner, text] of STATEMENTS) {
    await databaseOf(owner).run({ name: `test.large_sale_${number++}`, text }, text.includes('$1') ? [reservations] : []);
  }
}

const TABLES: readonly [Owner, string][] = [
  ['seating', 'reservation, seat_state, place_state, section, event_sale'],
  ['orders', 'ticket, order_change, orders'],
  ['payments', 'simulator_charge, payment'],
  ['event-log', 'record, topic'],
];

/** Empties the databases, and leaves the planner with its statistics of what was there, for good. */
export async function forgetLargeSale(databaseOf: (owner: Owner) => OpenDatabase): Promise<void> {
  for (const [owner, tables] of TABLES) {
    const database = databaseOf(owner);
    await database.run({ name: 'test.large_sale_analyze', text: `analyze ${tables}` });
    for (const table of tables.split(', ')) {
      await database.run({
        name: `test.large_sale_keep_${table}`,
        text: `alter table ${table} set (autovacuum_enabled = false)`,
      });
      await database.run({ name: `test.large_sale_forget_${table}`, text: `delete from ${table}` });
    }
  }
}

/** What the buyers of such a sale would have been told, as lines of a journal. */
export function* journalOfLargeSale(reservations: number): Generator<string> {
  for (let n = 1; n <= reservations; n++) {
    const id = String(n).padStart(10, '0');
    const said = { userId: `usr_${id}`, idempotencyKey: 'key' };
    const seated = n % 2 === 0;
    yield line({ asked: 'reserve', ...said });
    yield line({
      told: 'reserve',
      ...said,
      reservationId: `res_${id}`,
      eventId: 'evt_large',
      seatIds: seated ? [n] : [],
      places: seated ? [] : [{ section: 'Floor', quantity: 2 }],
      expiresAt: new Date(Date.UTC(2026, 0, 1, 0, 15) + n).toISOString(),
    });
    if (n % 4 === 3) continue;
    const amountCents = seated ? 100 : 200;
    yield line({ asked: 'order', ...said });
    yield line({ told: 'order', ...said, orderId: `ord_${id}`, reservationId: `res_${id}`, totalCents: amountCents });
    yield line({ asked: 'charge', ...said });
    if (n % 4 !== 2)
      yield line({ told: 'charge', ...said, paymentId: `pay_${id}`, orderId: `ord_${id}`, amountCents, status: 'SUCCESS' });
  }
}

function line(content: object): string {
  return `${JSON.stringify(content)}\n`;
}
