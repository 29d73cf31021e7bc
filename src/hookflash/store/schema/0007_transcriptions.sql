CREATE TABLE transcriptions (            -- texts of recordings
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  recording_sid TEXT NOT NULL,
  status TEXT NOT NULL,
  length INTEGER NOT NULL,               -- ms, of the recording
  text TEXT,
  error_code INTEGER,
  api_version TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE INDEX transcriptions_recording ON transcriptions (account_sid, recording_sid, sid);

CREATE TABLE live_transcriptions (       -- of calls, while they go on; their text is told and not kept
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  call_sid TEXT NOT NULL,
  name TEXT,
  status TEXT NOT NULL,
  sequence INTEGER NOT NULL,             -- of the last event that was told
  options TEXT NOT NULL,                 -- JSON of LiveOptions
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE INDEX live_transcriptions_call ON live_transcriptions (account_sid, call_sid, sid);
CREATE INDEX live_transcriptions_live ON live_transcriptions (account_sid, sid) WHERE status = 'in-progress';
CREATE INDEX live_transcriptions_stopped ON live_transcriptions (date_updated) WHERE status = 'stopped';
