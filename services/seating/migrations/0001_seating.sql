-- The clock by which holds end. Read once per batch, after the locks; tests shift it by replacing this function.
create function seating_now() returns timestamptz language sql volatile as 'select clock_timestamp()';

-- One row per event on sale: the lock that every write of the event's seats takes first, and the rules of its sale.
create table event_sale (
  event_id            text collate "C" primary key,
  -- Grows by one with every committed batch that changed seats or places; never skips.
  version             bigint not null default 0,
  layout_version      integer not null default 0,
  total_seats         integer not null default 0,
  available_seats     integer not null default 0,
  -- Of the catalog's event: an older one changes nothing.
  revision            integer not null,
  organizer_id        text collate "C" not null,
  status              text not null,
  currency            text not null,
  on_sale_at          timestamptz not null,
  off_sale_at         timestamptz,
  end_date            timestamptz not null,
  hold_ttl_seconds    integer,
  max_tickets_per_user integer not null,
  check (available_seats between 0 and total_seats)
) with (fillfactor = 30, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

create table section (
  event_id       text collate "C" not null references event_sale,
  section_index  integer not null,
  name           text not null,
  kind           text not null check (kind in ('SEATED', 'GENERAL_ADMISSION')),
  price_cents    integer not null,
  first_seat_id  integer,
  last_seat_id   integer,
  primary key (event_id, section_index),
  unique (event_id, name)
);

-- What changes of a general-admission section.
create table place_state (
  event_id       text collate "C" not null,
  section_index  integer not null,
  capacity       integer not null,
  reserved       integer not null default 0 check (reserved >= 0),
  allocated      integer not null default 0 check (allocated >= 0),
  primary key (event_id, section_index),
  foreign key (event_id, section_index) references section,
  check (reserved + allocated <= capacity)
) with (fillfactor = 30, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- What never changes of a seat, apart from its price.
create table seat (
  event_id       text collate "C" not null,
  seat_id        integer not null,
  section_index  integer not null,
  row_name       text not null,
  row_rank       integer not null,
  number         integer not null,
  price_cents    integer not null,
  x              double precision,
  y              double precision,
  primary key (event_id, seat_id),
  foreign key (event_id, section_index) references section
);

-- What changes of a seat. No index on a column that changes, and room on each page for every seat of it to change before the page is
-- pruned, so that updates stay heap-only (HOT).
create table seat_state (
  event_id        text collate "C" not null,
  seat_id         integer not null,
  status          "char" not null default 'A' check (status in ('A', 'R', 'L', 'B')),
  reservation_id  text collate "C",
  primary key (event_id, seat_id),
  check ((reservation_id is null) = (status in ('A', 'B')))
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.05);

create table reservation (
  reservation_id  text collate "C" primary key,
  event_id        text collate "C" not null,
  user_id         text collate "C" not null,
  status          text not null check (status in ('RESERVED', 'ALLOCATED', 'RELEASED', 'EXPIRED')),
  seat_ids        integer[] not null,
  -- General-admission places: index i of both arrays belongs together.
  place_sections  integer[] not null,
  place_quantities integer[] not null,
  quantity        integer not null,
  -- The answer's seats, places and prices as they were reserved.
  content         json not null,
  reserved_at     timestamptz not null,
  -- When the hold ends unless it is paid for, and until when it is kept while a charge is under way.
  expires_at      timestamptz not null,
  held_until      timestamptz not null,
  paying_order_id text collate "C",
  order_id        text collate "C",
  -- Immutable once set: what the first attempt to allocate found.
  outcome         text check (outcome in ('ALLOCATED', 'GONE', 'EVENT_CANCELLED')),
  ended_at        timestamptz,
  end_reason      text
) with (autovacuum_vacuum_scale_factor = 0.05);

create index reservation_of_user on reservation (event_id, user_id) where status in ('RESERVED', 'ALLOCATED');
-- By event first: holds that nobody ends in one event do not slow another event's sale.
create index reservation_due on reservation (event_id, held_until) where status = 'RESERVED';
