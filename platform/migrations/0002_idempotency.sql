-- What was answered to requests with an Idempotency-Key, committed together with their effect. Kept 24 hours.
CREATE TABLE idempotency_key (
  scope text COLLATE "C" NOT NULL, -- method, route and user
  key text COLLATE "C" NOT NULL,
  request_hash bytea NOT NULL, -- SHA-256 of the canonical payload
  status smallint, -- of the answer; null while the work is under way
  body text, -- of the answer, JSON
  locked_until timestamptz, -- only for work done under a lease: when another may take it up
  lock_token text COLLATE "C", -- which attempt holds the lease
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, key),
  CHECK (status IS NOT NULL OR (locked_until IS NOT NULL AND lock_token IS NOT NULL))
);

CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
