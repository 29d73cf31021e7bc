-- accounts --
SELECT * FROM accounts ORDER BY sid LIMIT :limit;

-- numbers --
SELECT * FROM incoming_phone_numbers ORDER BY account_sid, sid LIMIT :limit;

-- short_codes --
SELECT * FROM short_codes ORDER BY account_sid, sid LIMIT :limit;

-- verified --
SELECT * FROM outgoing_caller_ids ORDER BY account_sid, sid LIMIT :limit;

-- timeline --
SELECT * FROM timeline WHERE subject = :subject ORDER BY stamp LIMIT :limit;

-- queue_depths --
SELECT queue, count(*) FROM outbox GROUP BY queue;
