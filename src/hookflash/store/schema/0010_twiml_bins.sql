CREATE TABLE twiml_bins (
  sid TEXT PRIMARY KEY,
  account_sid TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  twiml TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX twiml_bins_account ON twiml_bins (account_sid, sid);
