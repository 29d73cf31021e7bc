CREATE TABLE calls (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  parent_call_sid TEXT,                  -- the call whose <Dial> made this one
  direction TEXT NOT NULL,
  status TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  phone_number_sid TEXT,
  caller_name TEXT,
  forwarded_from TEXT,
  answered_by TEXT,
  trunk_sid TEXT,
  queue_time INTEGER NOT NULL,           -- ms
  initiated_at INTEGER,                  -- null while it waits for its turn
  start_time INTEGER,
  end_time INTEGER,
  duration INTEGER,                      -- seconds
  error_code INTEGER,
  error_message TEXT,
  sip_status INTEGER,
  sequence INTEGER NOT NULL,             -- of the next status callback
  api_version TEXT NOT NULL,
  options TEXT NOT NULL,                 -- JSON of CallOptions, its secrets sealed
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE INDEX calls_recipient ON calls (account_sid, recipient, sid);
CREATE INDEX calls_sender ON calls (account_sid, sender, sid);
CREATE INDEX calls_parent ON calls (account_sid, parent_call_sid, sid) WHERE parent_call_sid IS NOT NULL;
CREATE INDEX calls_status ON calls (account_sid, status, sid);
CREATE INDEX calls_start ON calls (account_sid, start_time);
CREATE INDEX calls_end ON calls (account_sid, end_time);
CREATE INDEX calls_live ON calls (account_sid, sid) WHERE end_time IS NULL;

CREATE TABLE dial_queues (               -- when the next call of an account may leave, at its calls per second
  account_sid TEXT PRIMARY KEY,
  next_slot INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE recordings (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  call_sid TEXT,
  conference_sid TEXT,
  status TEXT NOT NULL,
  source TEXT NOT NULL,
  channels INTEGER NOT NULL,
  track TEXT NOT NULL,
  start_time INTEGER,
  length INTEGER,                        -- ms; null while it is written
  error_code INTEGER,
  api_version TEXT NOT NULL,
  options TEXT NOT NULL,                 -- JSON of RecordOptions
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE INDEX recordings_call ON recordings (account_sid, call_sid, sid) WHERE call_sid IS NOT NULL;
CREATE INDEX recordings_conference ON recordings (account_sid, conference_sid, sid) WHERE conference_sid IS NOT NULL;
CREATE INDEX recordings_live ON recordings (account_sid, sid)
 WHERE status IN ('in-progress', 'paused', 'stopped', 'processing');
CREATE INDEX recordings_deleted ON recordings (date_updated) WHERE status = 'deleted';

CREATE INDEX alerts_resource ON alerts (account_sid, resource_sid, sid) WHERE resource_sid IS NOT NULL;
