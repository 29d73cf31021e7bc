-- by_sid --
SELECT * FROM conferences WHERE account_sid = :account_sid AND sid = :sid;

-- open_by_name --
SELECT * FROM conferences
 WHERE account_sid = :account_sid AND friendly_name = :friendly_name AND status <> 'completed';

-- open --
-- Of every account.
SELECT * FROM conferences WHERE status <> 'completed' ORDER BY account_sid, sid;

-- move --
-- Whoever came first has won: a conference that is in another status by now changes nothing.
UPDATE conferences SET status = :status, reason_conference_ended = :reason,
 call_sid_ending_conference = :call_sid, date_updated = :now
 WHERE account_sid = :account_sid AND sid = :sid AND status = :was;

-- next_sequence --
UPDATE conferences SET sequence = sequence + 1 WHERE account_sid = :account_sid AND sid = :sid RETURNING sequence;

-- participants --
SELECT * FROM conference_participants
 WHERE account_sid = :account_sid AND conference_sid = :conference_sid ORDER BY call_sid;

-- participant --
SELECT * FROM conference_participants
 WHERE account_sid = :account_sid AND conference_sid = :conference_sid AND call_sid = :call_sid;

-- seat --
INSERT INTO conference_participants VALUES (:account_sid, :conference_sid, :call_sid, :label, :muted, :hold, :coaching,
 :call_sid_to_coach, :start_conference_on_enter, :end_conference_on_exit, :joined_at, :date_created, :date_updated)
 ON CONFLICT DO UPDATE SET joined_at = excluded.joined_at, date_updated = excluded.date_updated;

-- change --
UPDATE conference_participants SET muted = :muted, hold = :hold, coaching = :coaching,
 call_sid_to_coach = :call_sid_to_coach, end_conference_on_exit = :end_conference_on_exit, date_updated = :now
 WHERE account_sid = :account_sid AND conference_sid = :conference_sid AND call_sid = :call_sid;

-- unseat --
DELETE FROM conference_participants
 WHERE account_sid = :account_sid AND conference_sid = :conference_sid AND call_sid = :call_sid;

-- shown --
SELECT * FROM participants
 WHERE account_sid = :account_sid AND conference_sid = :conference_sid AND call_sid = :call_sid;
