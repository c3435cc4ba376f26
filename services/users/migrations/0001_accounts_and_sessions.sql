CREATE TABLE account (
  user_id        text COLLATE "C" PRIMARY KEY,
  username       text NOT NULL,
  email          text NOT NULL,
  -- argon2id in PHC form; says its own parameters, so they can be raised later.
  password_hash  text NOT NULL,
  first_name     text NOT NULL,
  last_name      text NOT NULL,
  phone_number   text,
  roles          text[] NOT NULL CHECK (cardinality(roles) > 0 AND roles <@ ARRAY['customer', 'organizer', 'door', 'admin']),
  membership     text NOT NULL CHECK (membership IN ('REGULAR', 'PREMIUM', 'VIP')),
  account_status text NOT NULL CHECK (account_status IN ('ACTIVE', 'INACTIVE', 'BLOCKED')),
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL
);

-- Alice and alice are one name. Both columns hold ASCII only, so every collation folds them alike.
CREATE UNIQUE INDEX account_username_key ON account (lower(username));
CREATE UNIQUE INDEX account_email_key ON account (lower(email));

CREATE TABLE session (
  session_id         text COLLATE "C" PRIMARY KEY,
  user_id            text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
  -- SHA-256 of the refresh token: 256 random bits need no slow hash, and what is stored signs nobody in.
  refresh_token_hash bytea NOT NULL UNIQUE,
  created_at         timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL
);

CREATE INDEX session_user_id_idx ON session (user_id);
CREATE INDEX session_expires_at_idx ON session (expires_at);
