ALTER TABLE account
  -- Counts the changes of the roles: access tokens carry it, and those with an older one are to be exchanged.
  ADD roles_version     integer NOT NULL DEFAULT 0,
  ADD email_verified_at timestamptz,
  -- A deleted account keeps its id, which orders refer to, and nothing else that says who it was.
  ADD deleted_at        timestamptz;

-- Sessions from before cannot be refreshed, so their people sign in again.
DELETE FROM session;

ALTER TABLE session
  DROP CONSTRAINT session_refresh_token_hash_key,
  -- SHA-256 of the part that all refresh tokens of the session begin with: by it a token that was used up is known for what it is.
  ADD family_hash         bytea NOT NULL UNIQUE,
  -- Of the token that was exchanged for the present one; null until the first exchange.
  ADD previous_token_hash bytea,
  ADD user_agent          text,
  ADD last_used_at        timestamptz NOT NULL,
  -- When the last access token of the session expires: afterwards nobody needs to know that it was revoked.
  ADD access_expires_at   timestamptz NOT NULL;

-- Access tokens that are signed, not expired, and no longer good.
CREATE TABLE revocation (
  -- A session, or a user whose roles changed.
  subject       text COLLATE "C" PRIMARY KEY,
  -- Null for a session: all of its tokens. Else those of the user with an older version.
  roles_version integer,
  until         timestamptz NOT NULL
);

CREATE INDEX revocation_until_idx ON revocation (until);

-- What somebody asked for, answered by a job: so asking takes the same time whether there is such an account or not.
CREATE TABLE password_reset_request (
  email        text COLLATE "C" PRIMARY KEY,
  traceparent  text NOT NULL,
  requested_at timestamptz NOT NULL
);

-- Sent by e-mail to prove that somebody reads what comes to an address.
CREATE TABLE mail_token (
  -- SHA-256, as of refresh tokens.
  token_hash bytea PRIMARY KEY,
  user_id    text COLLATE "C" NOT NULL REFERENCES account ON DELETE CASCADE,
  purpose    text NOT NULL CHECK (purpose IN ('PASSWORD_RESET', 'EMAIL_VERIFICATION')),
  -- Where it was sent: it proves nothing of another address that the account has later.
  email      text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);

CREATE INDEX mail_token_user_id_idx ON mail_token (user_id);
CREATE INDEX mail_token_expires_at_idx ON mail_token (expires_at);
