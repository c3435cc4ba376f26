-- What every service database has for taking part in the event log.

-- Domain events on their way to the log. A row commits with the change it tells of; the relay appends it to the log and deletes it.
CREATE TABLE outbox (
  -- Order of insertion. CACHE 1: numbers kept back by a session would break the order of a key. Transactions commit in another
  -- order than they took numbers, so nobody may remember "the last number read"; see platform/outbox/relay.ts.
  sequence bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
  -- UUIDv7 by which the log knows a row that it already has.
  id uuid NOT NULL,
  topic text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  -- JSON array of CloudEvents of this key, in order. Text, not json: nobody looks inside on the way.
  events text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Rows live for milliseconds. The relay itself vacuums after so many; this is for when it is away.
ALTER TABLE outbox SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_threshold = -1,
  autovacuum_vacuum_cost_delay = 0, toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 20000,
  toast.autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false
);

-- Domain events that a consumer group has handled, each committed with what was done about it. The ids are UUIDv7, so the oldest
-- of a group come first in the primary key and the purge needs no other index.
CREATE TABLE inbox (
  consumer_group text COLLATE "C" NOT NULL,
  event_id uuid NOT NULL,
  handled_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer_group, event_id)
);
ALTER TABLE inbox SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.5);

-- Domain events that a group failed to handle again and again. They are marked in the inbox, so the log goes on without them.
CREATE TABLE dead_letter (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer_group text COLLATE "C" NOT NULL,
  event_id uuid NOT NULL,
  event_type text COLLATE "C" NOT NULL,
  -- The CloudEvent as JSON.
  event text NOT NULL,
  error text NOT NULL,
  attempts integer NOT NULL,
  first_failed_at timestamptz NOT NULL,
  last_failed_at timestamptz NOT NULL DEFAULT now(),
  state text COLLATE "C" NOT NULL DEFAULT 'DEAD' CHECK (state IN ('DEAD', 'REPLAYED')),
  UNIQUE (consumer_group, event_id)
);
CREATE INDEX dead_letter_dead ON dead_letter (id) WHERE state = 'DEAD';

-- lz4 takes a fraction of the time of the default method; not every server was built with it.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
    ALTER TABLE outbox ALTER COLUMN events SET COMPRESSION lz4;
  END IF;
END
$$;
