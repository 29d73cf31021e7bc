CREATE TABLE payments (
  account_sid TEXT NOT NULL,
  sid TEXT PRIMARY KEY,
  call_sid TEXT NOT NULL,
  status TEXT NOT NULL,                  -- in-progress, completed, failed, canceled
  idempotency_key TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX payments_once ON payments (account_sid, call_sid, idempotency_key);
CREATE INDEX payments_unfinished ON payments (sid) WHERE status = 'in-progress';

CREATE TABLE user_defined_messages (     -- to the phone of a call
  account_sid TEXT NOT NULL,
  sid TEXT PRIMARY KEY,
  call_sid TEXT NOT NULL,
  content TEXT NOT NULL,                 -- JSON
  idempotency_key TEXT,
  date_created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_defined_messages_call ON user_defined_messages (account_sid, call_sid, sid);

CREATE TABLE user_defined_message_subscriptions (
  account_sid TEXT NOT NULL,
  sid TEXT PRIMARY KEY,
  call_sid TEXT NOT NULL,
  callback TEXT NOT NULL,
  method TEXT NOT NULL,
  idempotency_key TEXT,
  sequence INTEGER NOT NULL,             -- of the next message that is told
  date_created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX user_defined_message_subscriptions_call ON user_defined_message_subscriptions (account_sid, call_sid, sid);
