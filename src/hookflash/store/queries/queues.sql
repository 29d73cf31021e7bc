-- by_name --
SELECT * FROM queues WHERE account_sid = :account_sid AND friendly_name = :friendly_name;

-- by_sid --
SELECT * FROM sized_queues WHERE account_sid = :account_sid AND sid = :sid;

-- update --
UPDATE queues SET friendly_name = :friendly_name, max_size = :max_size, date_updated = :now
 WHERE account_sid = :account_sid AND sid = :sid;

-- delete --
DELETE FROM queues WHERE account_sid = :account_sid AND sid = :sid;

-- held --
-- How many a queue holds, those that are about to be joined with somebody included.
SELECT count(*) FROM queue_members WHERE account_sid = :account_sid AND queue_sid = :queue_sid;

-- next_place --
SELECT coalesce(max(place), 0) + 1 FROM queue_members WHERE account_sid = :account_sid AND queue_sid = :queue_sid;

-- waiting --
SELECT * FROM queue_members WHERE account_sid = :account_sid AND queue_sid = :queue_sid AND taken_by IS NULL
 ORDER BY place;

-- take --
UPDATE queue_members SET taken_by = :taken_by WHERE account_sid = :account_sid AND call_sid = :call_sid;

-- leave --
DELETE FROM queue_members WHERE account_sid = :account_sid AND call_sid = :call_sid;

-- forget_members --
-- Of every account: nobody waits any more.
DELETE FROM queue_members;
