-- "order" is a reserved word of SQL, hence the plural.
create table orders (
  order_id            text collate "C" primary key,
  user_id             text collate "C" not null,
  event_id            text collate "C" not null,
  reservation_id      text collate "C" not null,
  status              text not null check (status in
                        ('PENDING', 'PAYMENT_PROCESSING', 'CONFIRMED', 'CANCELLED', 'EXPIRED', 'FAILED', 'PARTIALLY_REFUNDED', 'REFUNDED')),
  -- One entry per ticket, with its own fee and tax: what the buyer was told, and what each ticket is worth.
  items               jsonb not null,
  subtotal_cents      integer not null,
  fee_cents           integer not null,
  tax_cents           integer not null,
  total_cents         integer not null check (total_cents >= 0 and total_cents = subtotal_cents + fee_cents + tax_cents),
  currency            text not null,
  -- The payment under way, or the one that paid.
  payment_id          text collate "C",
  confirmation_number text unique,
  -- When the hold ends unless it is paid for, and until when seating keeps it for the payment under way.
  expires_at          timestamptz not null,
  payment_window_ends_at timestamptz,
  -- Why seating said that the hold ended, when it did so during a payment.
  hold_end_reason     text,
  -- When the reconciler looks at this order unless something was heard; null once nothing more is expected.
  check_at            timestamptz,
  created_at          timestamptz not null,
  updated_at          timestamptz not null
) with (fillfactor = 70);

-- One live order per reservation. An expired one still counts: a late payment may confirm it.
create unique index orders_live_reservation on orders (reservation_id) where status not in ('CANCELLED', 'FAILED', 'REFUNDED');
create index orders_of_user on orders (user_id, order_id desc);
create index orders_to_check on orders (check_at) where check_at is not null;

-- Every change of an order's status, in order.
create table order_change (
  order_id    text collate "C" not null references orders,
  change_id   bigint generated always as identity,
  from_status text,
  to_status   text not null,
  cause       text not null,
  payment_id  text collate "C",
  changed_at  timestamptz not null,
  primary key (order_id, change_id)
);

create table ticket (
  ticket_id    text collate "C" primary key,
  order_id     text collate "C" not null references orders,
  event_id     text collate "C" not null,
  user_id      text collate "C" not null,
  section      text not null,
  seat_id      integer,
  seat_code    text not null,
  -- Price, fee and tax of this ticket: what is given back when it is refunded.
  value_cents  integer not null check (value_cents >= 0),
  status       text not null check (status in ('VALID', 'USED', 'REVOKED')),
  ticket_code  text not null unique,
  -- Grows when the ticket is issued anew.
  serial       integer not null default 1,
  qr_payload   text not null,
  issued_at    timestamptz not null,
  used_at      timestamptz,
  revoked_at   timestamptz
);

-- The last guard of the first invariant: a seat has at most one live ticket.
create unique index ticket_live_seat on ticket (event_id, seat_id) where seat_id is not null and status <> 'REVOKED';
create index ticket_of_order on ticket (order_id);
create index ticket_of_user on ticket (user_id, ticket_id desc);

-- Ed25519 keys that sign tickets. The private key is encrypted with a key derived from INTERNAL_SECRET (AES-256-GCM: nonce, tag,
-- ciphertext); public keys stay as long as tickets that they signed are shown.
create table signing_key (
  key_id       text collate "C" primary key,
  public_key   bytea not null,
  private_key  bytea not null,
  created_at   timestamptz not null default now(),
  retired_at   timestamptz
);
