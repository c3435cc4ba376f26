-- Why the order is given up, whatever its status: noted during a payment, and while the money is on its way back.
alter table orders add column cancel_reason text check (cancel_reason in ('BUYER', 'EVENT_CANCELLED'));

-- Of the refund that made it void. A void ticket without one is owed: its refund was refused for good, and the event is cancelled.
alter table ticket add column refund_id text collate "C";

-- Tickets that became void together, before their money went back. FAILED: the provider refused for good.
create table revocation (
  refund_id    text collate "C" primary key,
  order_id     text collate "C" not null references orders,
  payment_id   text collate "C",
  ticket_ids   text[] not null,
  value_cents  integer not null check (value_cents >= 0),
  reason       text not null,
  status       text not null check (status in ('PENDING', 'DONE', 'FAILED')),
  created_at   timestamptz not null
);
create index revocation_of_order on revocation (order_id);

-- Events that will not take place: nothing of them is confirmed any more, and a job gives up what orders they have.
create table cancelled_event (
  event_id     text collate "C" primary key,
  cancelled_at timestamptz not null,
  -- When the job found nothing left to do.
  done_at      timestamptz
);
create index cancelled_event_open on cancelled_event (cancelled_at) where done_at is null;
