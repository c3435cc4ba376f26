create table section (
  event_id             text collate "C" not null,
  name                 text not null,
  price_cents          integer not null,
  currency             text not null,
  max_tickets_per_user integer not null,
  ttl_seconds          integer not null,
  capacity             integer not null,
  taken                integer not null default 0,
  primary key (event_id, name),
  check (taken between 0 and capacity)
) with (fillfactor = 30, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

create table user_total (
  event_id  text collate "C" not null,
  user_id   text collate "C" not null,
  quantity  integer not null,
  primary key (event_id, user_id)
);

create table reservation (
  reservation_id  text collate "C" primary key,
  event_id        text collate "C" not null,
  user_id         text collate "C" not null,
  section         text not null,
  quantity        integer not null,
  expires_at      timestamptz not null
);
