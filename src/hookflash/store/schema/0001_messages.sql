-- Times are milliseconds since the epoch, UTC. Secrets are hashed, or sealed with the key of the data directory.
-- The order of columns is the order of fields of the row struct; new columns go to the end of both.

CREATE TABLE accounts (
  sid TEXT PRIMARY KEY,
  owner_sid TEXT NOT NULL,               -- its own for a parent
  friendly_name TEXT NOT NULL,
  status TEXT NOT NULL,
  type TEXT NOT NULL,
  auth_token TEXT NOT NULL,              -- sealed
  secondary_token TEXT,                  -- sealed
  test_sid TEXT,
  test_token TEXT,                       -- sealed
  settings TEXT NOT NULL,                -- JSON of AccountSettings
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX accounts_owner ON accounts (owner_sid, sid);
CREATE UNIQUE INDEX accounts_test ON accounts (test_sid) WHERE test_sid IS NOT NULL;

CREATE TABLE api_keys (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  kind TEXT NOT NULL,                    -- standard, main or restricted
  secret_hash TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE UNIQUE INDEX api_keys_sid ON api_keys (sid);

CREATE TABLE applications (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  friendly_name TEXT,
  api_version TEXT NOT NULL,
  voice_url TEXT, voice_method TEXT, voice_fallback_url TEXT, voice_fallback_method TEXT,
  voice_caller_id_lookup INTEGER NOT NULL,
  status_callback TEXT, status_callback_method TEXT,
  sms_url TEXT, sms_method TEXT, sms_fallback_url TEXT, sms_fallback_method TEXT,
  sms_status_callback TEXT, message_status_callback TEXT,
  public_application_connect_enabled INTEGER NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;

CREATE TABLE incoming_phone_numbers (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  phone_number TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  kind TEXT NOT NULL,                    -- local, mobile or toll-free
  iso_country TEXT NOT NULL,
  api_version TEXT NOT NULL,
  voice_url TEXT, voice_method TEXT, voice_fallback_url TEXT, voice_fallback_method TEXT,
  voice_application_sid TEXT, voice_caller_id_lookup INTEGER NOT NULL, voice_receive_mode TEXT,
  sms_url TEXT, sms_method TEXT, sms_fallback_url TEXT, sms_fallback_method TEXT, sms_application_sid TEXT,
  status_callback TEXT, status_callback_method TEXT,
  trunk_sid TEXT, address_sid TEXT, identity_sid TEXT, bundle_sid TEXT,
  emergency_status TEXT, emergency_address_sid TEXT, emergency_address_status TEXT,
  address_requirements TEXT NOT NULL,
  capabilities TEXT NOT NULL,            -- JSON: voice, sms, mms, fax
  beta INTEGER NOT NULL,
  origin TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE UNIQUE INDEX incoming_phone_numbers_number ON incoming_phone_numbers (phone_number);

CREATE TABLE outgoing_caller_ids (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  phone_number TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE UNIQUE INDEX outgoing_caller_ids_number ON outgoing_caller_ids (account_sid, phone_number);

CREATE TABLE short_codes (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  short_code TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  iso_country TEXT NOT NULL,
  api_version TEXT NOT NULL,
  sms_url TEXT, sms_method TEXT, sms_fallback_url TEXT, sms_fallback_method TEXT,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE UNIQUE INDEX short_codes_code ON short_codes (short_code, iso_country);

CREATE TABLE sandboxes (
  account_sid TEXT PRIMARY KEY,
  pin TEXT NOT NULL,
  phone_number TEXT NOT NULL,
  application_sid TEXT,
  voice_url TEXT, voice_method TEXT,
  sms_url TEXT, sms_method TEXT,
  status_callback TEXT, status_callback_method TEXT,
  api_version TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX sandboxes_pin ON sandboxes (pin);

CREATE TABLE services (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  inbound_request_url TEXT, inbound_method TEXT,
  fallback_url TEXT, fallback_method TEXT,
  status_callback TEXT,
  sticky_sender INTEGER NOT NULL,
  mms_converter INTEGER NOT NULL,
  smart_encoding INTEGER NOT NULL,
  scan_message_content TEXT NOT NULL,
  fallback_to_long_code INTEGER NOT NULL,
  area_code_geomatch INTEGER NOT NULL,
  synchronous_validation INTEGER NOT NULL,
  validity_period INTEGER NOT NULL,
  usecase TEXT NOT NULL,
  us_app_to_person_registered INTEGER NOT NULL,
  use_inbound_webhook_on_number INTEGER NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;

CREATE TABLE service_senders (           -- the pool of a messaging service
  account_sid TEXT NOT NULL,
  service_sid TEXT NOT NULL,
  sid TEXT NOT NULL,                     -- PN…, SC… or AI…
  kind TEXT NOT NULL,                    -- phone-number, short-code, alpha-sender or channel-sender
  sender TEXT NOT NULL,
  country_code TEXT NOT NULL,
  capabilities TEXT NOT NULL,            -- JSON list
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, service_sid, sid)
) WITHOUT ROWID;
CREATE INDEX service_senders_sender ON service_senders (account_sid, sender);

CREATE TABLE sticky_senders (
  account_sid TEXT NOT NULL,
  service_sid TEXT NOT NULL,
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  PRIMARY KEY (account_sid, service_sid, recipient)
) WITHOUT ROWID;

CREATE TABLE messages (
  account_sid TEXT NOT NULL,
  id TEXT NOT NULL,                      -- the 32 digits of its SID, which grow with time
  kind TEXT NOT NULL,                    -- SM or MM
  direction TEXT NOT NULL,
  status TEXT NOT NULL,
  sender TEXT,                           -- null until a messaging service has chosen
  recipient TEXT NOT NULL,
  body TEXT NOT NULL,
  num_segments INTEGER NOT NULL,
  num_media INTEGER NOT NULL,
  service_sid TEXT,
  status_callback TEXT,
  error_code INTEGER,
  error_message TEXT,
  price TEXT,
  price_unit TEXT,
  carrier TEXT,                          -- who took it
  api_version TEXT NOT NULL,
  options TEXT,                          -- JSON of MessageOptions: what few messages have
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  date_sent INTEGER,
  PRIMARY KEY (account_sid, id)
) WITHOUT ROWID;
CREATE INDEX messages_recipient ON messages (account_sid, recipient, id);
CREATE INDEX messages_sender ON messages (account_sid, sender, id);

CREATE TABLE media (
  account_sid TEXT NOT NULL,
  parent_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL,                 -- bytes
  digest TEXT NOT NULL,                  -- SHA-256 of the bytes, which lie in the data directory under it
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, parent_sid, sid)
) WITHOUT ROWID;
CREATE INDEX media_digest ON media (digest);

CREATE TABLE feedback (
  account_sid TEXT NOT NULL,
  message_sid TEXT NOT NULL,
  outcome TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, message_sid)
) WITHOUT ROWID;

CREATE TABLE opt_outs (
  account_sid TEXT NOT NULL,
  sender TEXT NOT NULL,                  -- our number, or the SID of the messaging service it belongs to
  recipient TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sender, recipient)
) WITHOUT ROWID;

CREATE TABLE sender_queues (             -- for senders with a rate: when the next message may leave
  account_sid TEXT NOT NULL,
  sender TEXT NOT NULL,
  next_slot INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sender)
) WITHOUT ROWID;

CREATE TABLE outbox (                    -- what must still be done; see store/outbox.py
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  queue TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  lane TEXT,
  account_sid TEXT NOT NULL,
  subject TEXT NOT NULL,                 -- SID of what it is about
  payload TEXT NOT NULL,                 -- JSON
  attempts INTEGER NOT NULL,
  leased INTEGER NOT NULL                -- times since it was last given back
);
CREATE INDEX outbox_due ON outbox (queue, due_at, id);
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE lane IS NOT NULL;
CREATE INDEX outbox_subject ON outbox (subject);
CREATE INDEX outbox_scheduled ON outbox (account_sid) WHERE queue = 'accept';

CREATE TABLE carrier_parts (             -- what a carrier called each part of a message, to match receipts
  carrier TEXT NOT NULL,
  carrier_id TEXT NOT NULL,
  account_sid TEXT NOT NULL,
  message_id TEXT NOT NULL,
  part INTEGER NOT NULL,
  status TEXT,                           -- delivered, undelivered or failed; null while open
  date_created INTEGER NOT NULL,
  PRIMARY KEY (carrier, carrier_id)
) WITHOUT ROWID;
CREATE INDEX carrier_parts_message ON carrier_parts (account_sid, message_id);
CREATE INDEX carrier_parts_date ON carrier_parts (date_created);

CREATE TABLE early_receipts (            -- receipts that came before the answer to their submit
  carrier TEXT NOT NULL,
  carrier_id TEXT NOT NULL,
  receipt TEXT NOT NULL,                 -- JSON
  date_created INTEGER NOT NULL,
  PRIMARY KEY (carrier, carrier_id)
) WITHOUT ROWID;
CREATE INDEX early_receipts_date ON early_receipts (date_created);

CREATE TABLE inbound_parts (             -- parts of an incoming message that is not whole yet
  carrier TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  reference INTEGER NOT NULL,
  part INTEGER NOT NULL,
  total INTEGER NOT NULL,
  body TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  PRIMARY KEY (carrier, sender, recipient, reference, part)
) WITHOUT ROWID;

CREATE TABLE inbound_seen (              -- keys of incoming messages, so that a repeat is not a second one
  carrier TEXT NOT NULL,
  dedupe TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  PRIMARY KEY (carrier, dedupe)
) WITHOUT ROWID;
CREATE INDEX inbound_seen_date ON inbound_seen (date_created);

CREATE TABLE cookies (                   -- an application's cookies, by the pair of a conversation
  account_sid TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  jar TEXT NOT NULL,                     -- JSON
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sender, recipient)
) WITHOUT ROWID;
CREATE INDEX cookies_expiry ON cookies (expires_at);

-- A table with a row id, unlike the others: the record of an attempt is too big to lie in an index.
CREATE TABLE timeline (                  -- each move, PDU and webhook attempt, under the SID it is about
  subject TEXT NOT NULL,
  stamp INTEGER NOT NULL,                -- ms since the epoch << 16, and a counter
  account_sid TEXT NOT NULL,
  kind TEXT NOT NULL,                    -- move, carrier, webhook or note
  sentence TEXT NOT NULL,
  data TEXT                              -- JSON
);
CREATE INDEX timeline_subject ON timeline (subject, stamp);
CREATE INDEX timeline_webhooks ON timeline (stamp) WHERE kind = 'webhook';

CREATE TABLE alerts (                    -- what the debugger saw: Notifications of 2010, alerts of Monitor
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  level TEXT NOT NULL,                   -- error or warning
  error_code INTEGER NOT NULL,
  sentence TEXT NOT NULL,
  resource_sid TEXT,
  service_sid TEXT,
  request_method TEXT,
  request_url TEXT,
  request_variables TEXT,
  request_headers TEXT,
  response_headers TEXT,
  response_body TEXT,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE INDEX alerts_date ON alerts (date_created);

CREATE TABLE carriers (
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL,                    -- smpp
  origin TEXT NOT NULL,                  -- api or file: rows of hookflash.toml are replaced at each start
  config TEXT NOT NULL,                  -- JSON, its secrets sealed
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE routes (
  sid TEXT PRIMARY KEY,
  carrier TEXT NOT NULL,                 -- a carrier's name, or "simulated"
  prefix TEXT NOT NULL,                  -- of the recipient, such as +351; empty for all
  sender TEXT,                           -- null for all
  account_sid TEXT,                      -- null for all
  priority INTEGER NOT NULL,             -- lower first; the next is tried when one fails
  weight INTEGER NOT NULL,               -- share among those of one priority
  origin TEXT NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE handsets (                  -- numbers of the simulated network that were told how to behave
  number TEXT PRIMARY KEY,
  faults TEXT NOT NULL,                  -- JSON of Faults
  rules TEXT NOT NULL,                   -- JSON list of reply rules
  answering TEXT NOT NULL,               -- JSON of Answering: what it does with calls
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE handset_messages (
  number TEXT NOT NULL,
  stamp INTEGER NOT NULL,
  direction TEXT NOT NULL,               -- received or sent, as the handset sees it
  peer TEXT NOT NULL,
  body TEXT NOT NULL,
  media_urls TEXT NOT NULL,              -- JSON list
  message_sid TEXT NOT NULL,
  PRIMARY KEY (number, stamp)
) WITHOUT ROWID;
CREATE INDEX handset_messages_stamp ON handset_messages (stamp);
CREATE UNIQUE INDEX handset_messages_sid ON handset_messages (message_sid, direction);
