-- by_sid --
SELECT * FROM recordings WHERE account_sid = :account_sid AND sid = :sid;

-- of_call --
SELECT * FROM recordings WHERE account_sid = :account_sid AND call_sid = :call_sid ORDER BY sid;

-- live --
-- Of every account: those that are being written.
SELECT * FROM recordings WHERE status IN ('in-progress', 'paused', 'stopped', 'processing')
 ORDER BY account_sid, sid;

-- move --
-- Whoever came first has won: a recording that is in another status by now changes nothing.
UPDATE recordings SET status = :status, length = :length, error_code = :error_code, date_updated = :now
 WHERE account_sid = :account_sid AND sid = :sid AND status = :was;

-- forget_deleted --
DELETE FROM recordings WHERE (account_sid, sid) IN
 (SELECT account_sid, sid FROM recordings WHERE status = 'deleted' AND date_updated < :before LIMIT :limit);
