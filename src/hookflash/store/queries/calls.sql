-- by_sid --
SELECT * FROM calls WHERE account_sid = :account_sid AND sid = :sid;

-- unfinished --
-- Of every account: those that were dialled or came in, and have not ended.
SELECT * FROM calls WHERE end_time IS NULL AND initiated_at IS NOT NULL ORDER BY account_sid, sid;

-- live_count --
-- Those that wait to be dialled included.
SELECT count(*) FROM calls WHERE account_sid = :account_sid AND end_time IS NULL;

-- move --
-- Whoever came first has won: a call that is in another status by now changes nothing.
UPDATE calls SET status = :status, initiated_at = :initiated_at, queue_time = :queue_time, start_time = :start_time,
 end_time = :end_time, duration = :duration, error_code = :error_code, error_message = :error_message,
 sip_status = :sip_status, sequence = :sequence, date_updated = :date_updated
 WHERE account_sid = :account_sid AND sid = :sid AND status = :was;

-- set_answered_by --
UPDATE calls SET answered_by = :answered_by, date_updated = :now WHERE account_sid = :account_sid AND sid = :sid;

-- set_options --
UPDATE calls SET options = :options, date_updated = :now WHERE account_sid = :account_sid AND sid = :sid;

-- delete --
DELETE FROM calls WHERE account_sid = :account_sid AND sid = :sid;

-- next_slot --
SELECT next_slot FROM dial_queues WHERE account_sid = :account_sid;

-- set_next_slot --
INSERT INTO dial_queues VALUES (:account_sid, :next_slot) ON CONFLICT DO UPDATE SET next_slot = excluded.next_slot;

-- last_stamp --
-- When something was last heard of it.
SELECT stamp FROM timeline WHERE subject = :sid ORDER BY stamp DESC LIMIT 1;
