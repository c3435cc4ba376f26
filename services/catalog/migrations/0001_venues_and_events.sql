CREATE TABLE venue (
  venue_id     text COLLATE "C" PRIMARY KEY,
  organizer_id text COLLATE "C" NOT NULL,
  name         text NOT NULL,
  address      text NOT NULL,
  city         text NOT NULL,
  state        text,
  country      text NOT NULL,
  postal_code  text,
  capacity     integer NOT NULL CHECK (capacity > 0),
  venue_type   text NOT NULL,
  facilities   jsonb NOT NULL,
  timezone     text NOT NULL,
  created_at   timestamptz NOT NULL
);

CREATE INDEX venue_name_idx ON venue (name, venue_id);

-- One performance at a venue at a time; not a domain event.
CREATE TABLE event (
  event_id             text COLLATE "C" PRIMARY KEY,
  venue_id             text COLLATE "C" NOT NULL REFERENCES venue,
  organizer_id         text COLLATE "C" NOT NULL,
  name                 text NOT NULL,
  description          text NOT NULL,
  event_type           text NOT NULL,
  start_date           timestamptz NOT NULL,
  end_date             timestamptz NOT NULL,
  -- What the organizer decided. Time moves an UPCOMING event on by itself: see event_status_at.
  status               text NOT NULL CHECK (status IN ('DRAFT', 'UPCOMING', 'ONGOING', 'COMPLETED', 'CANCELLED')),
  currency             text NOT NULL,
  base_price_cents     integer NOT NULL CHECK (base_price_cents >= 0),
  on_sale_at           timestamptz NOT NULL,
  off_sale_at          timestamptz,
  timezone             text NOT NULL,
  hold_ttl_seconds     integer CHECK (hold_ttl_seconds > 0),
  max_tickets_per_user integer NOT NULL CHECK (max_tickets_per_user > 0),
  revision             integer NOT NULL CHECK (revision > 0),
  created_at           timestamptz NOT NULL,
  updated_at           timestamptz NOT NULL,
  CHECK (end_date > start_date),
  CHECK (off_sale_at > on_sale_at)
);

CREATE INDEX event_venue_id_idx ON event (venue_id);
CREATE INDEX event_organizer_id_idx ON event (organizer_id);
CREATE INDEX event_start_date_idx ON event (start_date, event_id);

-- What seating tells of an event's seats. Apart from the event, because it changes with every batch of sales, and without a
-- reference to it, because facts may outlive the event. No column that changes is indexed, so updates stay heap-only.
CREATE TABLE event_seats (
  event_id        text COLLATE "C" PRIMARY KEY,
  total_seats     integer NOT NULL,
  available_seats integer NOT NULL,
  version         bigint NOT NULL
) WITH (fillfactor = 70);

-- The status people see: the organizer's word, but never behind the clock. DRAFT and CANCELLED do not move with time.
CREATE FUNCTION event_status_at(status text, start_date timestamptz, end_date timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN status IN ('DRAFT', 'CANCELLED', 'COMPLETED') THEN status
  WHEN at >= end_date THEN 'COMPLETED'
  WHEN status = 'ONGOING' OR at >= start_date THEN 'ONGOING'
  ELSE 'UPCOMING'
END;
