-- by_sid --
SELECT * FROM transcriptions WHERE account_sid = :account_sid AND sid = :sid;

-- finish --
-- Whoever came first has won.
UPDATE transcriptions SET status = :status, text = :text, error_code = :error_code, date_updated = :now
 WHERE account_sid = :account_sid AND sid = :sid AND status = 'in-progress';

-- live --
-- Of every account: the calls that are being transcribed.
SELECT * FROM live_transcriptions WHERE status = 'in-progress' ORDER BY account_sid, sid;

-- live_by_sid --
SELECT * FROM live_transcriptions WHERE account_sid = :account_sid AND sid = :sid;

-- live_by_name --
-- The last of a name: it may be given again once the one before has stopped.
SELECT * FROM live_transcriptions WHERE account_sid = :account_sid AND call_sid = :call_sid AND name = :name
 ORDER BY sid DESC LIMIT 1;

-- told --
UPDATE live_transcriptions SET sequence = :sequence, status = :status, date_updated = :now
 WHERE account_sid = :account_sid AND sid = :sid;

-- forget_stopped --
DELETE FROM live_transcriptions WHERE (account_sid, sid) IN
 (SELECT account_sid, sid FROM live_transcriptions WHERE status = 'stopped' AND date_updated < :before LIMIT :limit);
