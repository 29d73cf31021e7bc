-- once --
SELECT * FROM payments WHERE account_sid = :account_sid AND call_sid = :call_sid AND idempotency_key = :key;

-- by_sid --
SELECT * FROM payments WHERE account_sid = :account_sid AND call_sid = :call_sid AND sid = :sid;

-- unfinished --
SELECT * FROM payments WHERE status = 'in-progress';

-- move --
UPDATE payments SET status = :status, date_updated = :now WHERE sid = :sid AND status = 'in-progress';

-- forget_ended --
DELETE FROM payments WHERE sid IN
 (SELECT sid FROM payments WHERE status <> 'in-progress' AND date_updated < :before LIMIT :limit);
