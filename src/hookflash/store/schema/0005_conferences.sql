CREATE TABLE conferences (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  status TEXT NOT NULL,
  region TEXT NOT NULL,
  reason_conference_ended TEXT,
  call_sid_ending_conference TEXT,
  sequence INTEGER NOT NULL,             -- of the last callback
  api_version TEXT NOT NULL,
  options TEXT NOT NULL,                 -- JSON of ConferenceOptions
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE INDEX conferences_name ON conferences (account_sid, friendly_name, sid);
CREATE UNIQUE INDEX conferences_open ON conferences (account_sid, friendly_name) WHERE status <> 'completed';

CREATE TABLE conference_participants (   -- who left has no row any more
  account_sid TEXT NOT NULL,
  conference_sid TEXT NOT NULL,
  call_sid TEXT NOT NULL,
  label TEXT,
  muted INTEGER NOT NULL,
  hold INTEGER NOT NULL,
  coaching INTEGER NOT NULL,
  call_sid_to_coach TEXT,
  start_conference_on_enter INTEGER NOT NULL,
  end_conference_on_exit INTEGER NOT NULL,
  joined_at INTEGER,                     -- null while its phone rings
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, conference_sid, call_sid)
) WITHOUT ROWID;
CREATE INDEX conference_participants_call ON conference_participants (account_sid, call_sid);

CREATE VIEW participants AS
SELECT conference_participants.*,
       CASE calls.status
         WHEN 'queued' THEN CASE WHEN calls.initiated_at IS NULL THEN 'queued' ELSE 'connecting' END
         WHEN 'ringing' THEN 'ringing'
         WHEN 'in-progress' THEN CASE WHEN joined_at IS NULL THEN 'connecting' ELSE 'connected' END
         WHEN 'completed' THEN 'complete'
         ELSE 'failed'
       END AS status,
       calls.queue_time
  FROM conference_participants
  JOIN calls ON calls.account_sid = conference_participants.account_sid
            AND calls.sid = conference_participants.call_sid;
