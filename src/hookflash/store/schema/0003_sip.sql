CREATE TABLE sip_domains (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  domain_name TEXT NOT NULL UNIQUE,
  friendly_name TEXT NOT NULL,
  voice_url TEXT,
  voice_method TEXT NOT NULL,
  voice_fallback_url TEXT,
  voice_fallback_method TEXT NOT NULL,
  voice_status_callback_url TEXT,
  voice_status_callback_method TEXT NOT NULL,
  sip_registration INTEGER NOT NULL,
  emergency_calling_enabled INTEGER NOT NULL,
  secure INTEGER NOT NULL,
  byoc_trunk_sid TEXT,
  emergency_caller_sid TEXT,
  auth_type TEXT NOT NULL,
  api_version TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;

CREATE TABLE sip_credential_lists (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;

CREATE TABLE sip_credentials (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  credential_list_sid TEXT NOT NULL,
  username TEXT NOT NULL,
  password TEXT NOT NULL,                -- sealed: digests are made of it
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid),
  UNIQUE (account_sid, credential_list_sid, username),
  FOREIGN KEY (account_sid, credential_list_sid) REFERENCES sip_credential_lists (account_sid, sid) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE sip_ip_access_control_lists (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;

CREATE TABLE sip_ip_addresses (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  ip_access_control_list_sid TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  ip_address TEXT NOT NULL,
  cidr_prefix_length INTEGER NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid),
  FOREIGN KEY (account_sid, ip_access_control_list_sid) REFERENCES sip_ip_access_control_lists (account_sid, sid)
    ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE sip_mappings (              -- which lists a domain uses
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,                     -- of the list
  domain_sid TEXT NOT NULL,
  purpose TEXT NOT NULL,                 -- calls or registrations
  friendly_name TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, domain_sid, purpose, sid),
  FOREIGN KEY (account_sid, domain_sid) REFERENCES sip_domains (account_sid, sid) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX sip_mappings_list ON sip_mappings (account_sid, sid);
