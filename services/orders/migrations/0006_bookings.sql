-- Bookings made in one call, until nothing of them is left to be done; the row stays, for those who repeat the request.
create table booking (
  -- Chosen before anything is asked of others, so that every step can be repeated.
  order_id        text collate "C" primary key,
  reservation_id  text collate "C" not null,
  user_id         text collate "C" not null,
  -- Of the request that began it.
  idempotency_key text collate "C" not null,
  -- STARTED: holding and ordering, before anybody was told. UNDOING: what it holds is given back, and the row goes.
  -- ACCEPTED: there is an order, which is to be charged. DONE: the order goes on by itself.
  state           text not null check (state in ('STARTED', 'UNDOING', 'ACCEPTED', 'DONE')),
  -- What to charge, null before there is an order and once nothing is to be charged any more.
  charge          jsonb,
  traceparent     text not null,
  -- When the job looks at it, unless the request has done its work by then.
  due_at          timestamptz,
  created_at      timestamptz not null
);
create index booking_by_key on booking (user_id, idempotency_key, order_id desc);
create index booking_due on booking (due_at) where due_at is not null;
