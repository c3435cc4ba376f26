create table payment (
  payment_id      text collate "C" primary key,
  order_id        text collate "C" not null,
  user_id         text collate "C" not null,
  -- Told by orders when it lets the payment begin; null before.
  event_id        text collate "C",
  reservation_id  text collate "C",
  window_ends_at  timestamptz,
  amount_cents    integer not null check (amount_cents >= 0),
  currency        text not null,
  payment_method  text not null,
  status          text not null check (status in ('PENDING', 'SUCCESS', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED')),
  -- The key of the request that made it. The provider's key is the payment id.
  idempotency_key text not null,
  attempt         integer not null default 0,
  transaction_id  text,
  failure_reason  text,
  retryable       boolean,
  -- Given back, or about to be: refunds that are PENDING count, so that they can never add up to more than was captured.
  refunded_cents  integer not null default 0 check (refunded_cents between 0 and amount_cents),
  -- When the resume job looks at a PENDING payment, and how often it has.
  ask_at          timestamptz,
  asked           integer not null default 0,
  created_at      timestamptz not null,
  updated_at      timestamptz not null
) with (fillfactor = 70);

-- One payment at a time per order, and never a second one that captures.
create unique index payment_live_order on payment (order_id) where status in ('PENDING', 'SUCCESS', 'PARTIALLY_REFUNDED');
create index payment_of_order on payment (order_id);
create index payment_by_key on payment (user_id, idempotency_key);
create index payment_to_ask on payment (ask_at) where status = 'PENDING';

create table refund (
  refund_id       text collate "C" primary key,
  payment_id      text collate "C" not null references payment,
  order_id        text collate "C" not null,
  -- LATE_PAYMENT: money that came when the seats were gone. TICKETS: the tickets named. GOODWILL: an amount; tickets stay.
  kind            text not null check (kind in ('LATE_PAYMENT', 'TICKETS', 'GOODWILL')),
  ticket_ids      text[] not null default '{}',
  amount_cents    integer not null check (amount_cents > 0),
  currency        text not null,
  reason          text not null,
  status          text not null check (status in ('PENDING', 'SUCCESS', 'FAILED')),
  provider_refund_id text,
  failure_reason  text,
  ask_at          timestamptz,
  asked           integer not null default 0,
  created_at      timestamptz not null,
  refunded_at     timestamptz
);

-- A late payment is given back once, however often its news arrives.
create unique index refund_late_payment on refund (payment_id) where kind = 'LATE_PAYMENT';
create index refund_of_order on refund (order_id);
create index refund_to_ask on refund (ask_at) where status = 'PENDING';

-- The simulated provider's own books: they play the outside world and know nothing of the tables above. One row per idempotency
-- key of a charge, and per key of a refund.
create table simulator_charge (
  provider_key    text collate "C" primary key,
  order_reference text collate "C" not null,
  amount_cents    integer not null,
  currency        text not null,
  state           text not null check (state in ('CAPTURED', 'DECLINED', 'SILENT', 'VOIDED')),
  decline_reason  text,
  transaction_id  text,
  -- Until then the provider does not even say what it knows.
  silent_until    timestamptz,
  created_at      timestamptz not null default now()
);

create table simulator_refund (
  provider_key    text collate "C" primary key,
  charge_key      text collate "C" not null references simulator_charge,
  amount_cents    integer not null check (amount_cents > 0),
  provider_refund_id text not null,
  created_at      timestamptz not null default now()
);
