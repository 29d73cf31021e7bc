CREATE TABLE trunks (
  name TEXT PRIMARY KEY,
  origin TEXT NOT NULL,                  -- api or file: rows of hookflash.toml are replaced at each start
  config TEXT NOT NULL,                  -- JSON of TrunkConfig, its password sealed
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE call_routes (
  sid TEXT PRIMARY KEY,
  trunk TEXT NOT NULL,                   -- a trunk's name, or "simulated"
  prefix TEXT NOT NULL,                  -- of the callee, such as +351; empty for all
  sender TEXT,                           -- null for all
  account_sid TEXT,                      -- null for all
  priority INTEGER NOT NULL,             -- lower first; the next is tried when one fails
  weight INTEGER NOT NULL,               -- share among those of one priority
  origin TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;
