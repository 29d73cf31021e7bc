CREATE TABLE queues (
  account_sid TEXT NOT NULL,
  sid TEXT NOT NULL,
  friendly_name TEXT NOT NULL,
  max_size INTEGER NOT NULL,
  date_created INTEGER NOT NULL,
  date_updated INTEGER NOT NULL,
  PRIMARY KEY (account_sid, sid)
) WITHOUT ROWID;
CREATE UNIQUE INDEX queues_name ON queues (account_sid, friendly_name);

CREATE TABLE queue_members (
  account_sid TEXT NOT NULL,
  queue_sid TEXT NOT NULL,
  place INTEGER NOT NULL,                -- grows with each that enters
  call_sid TEXT NOT NULL,
  entered_at INTEGER NOT NULL,
  taken_by TEXT,                         -- the call that it is about to be joined with
  PRIMARY KEY (account_sid, queue_sid, place)
) WITHOUT ROWID;
CREATE UNIQUE INDEX queue_members_call ON queue_members (account_sid, call_sid);

CREATE VIEW sized_queues AS
SELECT q.account_sid, q.sid, q.friendly_name, q.max_size, q.date_created, q.date_updated,
       (SELECT count(*) FROM queue_members m
         WHERE m.account_sid = q.account_sid AND m.queue_sid = q.sid AND m.taken_by IS NULL) AS current_size,
       (SELECT coalesce(sum(m.entered_at), 0) FROM queue_members m
         WHERE m.account_sid = q.account_sid AND m.queue_sid = q.sid AND m.taken_by IS NULL) AS entered_sum
  FROM queues q;
