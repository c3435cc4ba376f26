-- The event log kept in PostgreSQL: what Apache Kafka does for the system in its larger form.

-- Whoever appends holds its topics' rows until it commits. So offsets have no gaps and grow in the order of commits: a reader
-- that remembers an offset never passes over a record that commits later.
CREATE TABLE topic (
  name text COLLATE "C" PRIMARY KEY,
  -- Offset of the next record to be appended.
  next_offset bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE TABLE record (
  topic text COLLATE "C" NOT NULL REFERENCES topic,
  log_offset bigint NOT NULL,
  -- Id of the outbox row; appending it again is seen by it.
  id uuid NOT NULL CONSTRAINT record_appended_once UNIQUE,
  key text COLLATE "C" NOT NULL,
  -- JSON array of CloudEvents, as it stood in the outbox.
  events text NOT NULL,
  appended_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (topic, log_offset)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- How far a consumer group has read a topic.
CREATE TABLE consumer_offset (
  consumer_group text COLLATE "C" NOT NULL,
  topic text COLLATE "C" NOT NULL REFERENCES topic,
  -- Offset of the next record to be read.
  next_offset bigint NOT NULL DEFAULT 0,
  -- When a process last said that it consumes for this group. Groups long unseen hold no records back.
  seen_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer_group, topic)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Appends records, leaves out those that are already there, and says what each of the topics' next offset is now. A function and
-- not one statement, because what comes after the lock must see what the lock's last holder committed.
-- `texts`: the events of each record, joined by U+001E, which JSON text never contains; cheaper than an array, which escapes every quote.
CREATE FUNCTION append_records(ids uuid[], topics text[], keys text[], texts text, announce boolean)
RETURNS TABLE (name text, next_offset bigint)
LANGUAGE plpgsql
-- The plan is made while the table is small and must be right when it is not.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  events_of text[] := string_to_array(texts, E'\x1E');
BEGIN
  -- Always in one order, or two relays would deadlock.
  PERFORM FROM topic WHERE topic.name = ANY (topics) ORDER BY topic.name FOR UPDATE;

  RETURN QUERY
  WITH appended AS (
    INSERT INTO record (topic, log_offset, id, key, events)
    SELECT fresh.topic, topic.next_offset + row_number() OVER (PARTITION BY fresh.topic ORDER BY fresh.position) - 1,
           fresh.id, fresh.key, fresh.events
    FROM unnest(ids, topics, keys, events_of) WITH ORDINALITY AS fresh (id, topic, key, events, position)
    JOIN topic ON topic.name = fresh.topic
    WHERE NOT EXISTS (SELECT FROM record WHERE record.id = fresh.id)
    RETURNING record.topic
  ), counted AS (
    SELECT topic.name, count(appended.topic) AS records
    FROM topic LEFT JOIN appended ON appended.topic = topic.name
    WHERE topic.name = ANY (topics)
    GROUP BY topic.name
  )
  UPDATE topic SET next_offset = topic.next_offset + counted.records
  FROM counted WHERE topic.name = counted.name
  RETURNING topic.name, topic.next_offset;

  -- At most one a call, and empty: NOTIFY makes commits wait for one another.
  IF announce THEN NOTIFY log_appended; END IF;
END
$$;

-- Remembers how far groups have read; never backwards. It need not survive a crash of the server: the inboxes know what was handled.
CREATE FUNCTION commit_offsets(groups text[], topics text[], offsets bigint[]) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  UPDATE consumer_offset SET next_offset = read.next_offset
  FROM (
    SELECT * FROM unnest(groups, topics, offsets) AS given (consumer_group, topic, next_offset) ORDER BY 1, 2
  ) AS read
  WHERE consumer_offset.consumer_group = read.consumer_group AND consumer_offset.topic = read.topic
    AND consumer_offset.next_offset < read.next_offset;
END
$$;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
    ALTER TABLE record ALTER COLUMN events SET COMPRESSION lz4;
  END IF;
END
$$;
