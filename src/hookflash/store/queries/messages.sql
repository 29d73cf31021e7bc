-- by_id --
SELECT * FROM messages WHERE account_sid = :account_sid AND id = :id;

-- update --
UPDATE messages SET status = :status, sender = :sender, num_segments = :num_segments, error_code = :error_code,
       error_message = :error_message, carrier = :carrier, options = :options, body = :body,
       date_updated = :date_updated, date_sent = :date_sent
 WHERE account_sid = :account_sid AND id = :id AND status = :was;

-- move --
-- Of two that move the same message from one status, the second changes nothing.
UPDATE messages SET status = :status, carrier = :carrier, date_updated = :date_updated, date_sent = :date_sent
 WHERE account_sid = :account_sid AND id = :id AND status = :was;

-- set_num_media --
UPDATE messages SET num_media = :num_media WHERE account_sid = :account_sid AND id = :id;

-- redact --
UPDATE messages SET body = '', date_updated = :now WHERE account_sid = :account_sid AND id = :id;

-- delete --
DELETE FROM messages WHERE account_sid = :account_sid AND id = :id;

-- scheduled_count --
SELECT count(*) FROM outbox WHERE queue = 'accept' AND account_sid = :account_sid;

-- delete_feedback --
DELETE FROM feedback WHERE account_sid = :account_sid AND message_sid = :message_sid;

-- give_feedback --
INSERT INTO feedback VALUES (:account_sid, :message_sid, :outcome, :now, :now)
ON CONFLICT DO UPDATE SET outcome = excluded.outcome, date_updated = excluded.date_updated;

-- feedback --
SELECT * FROM feedback WHERE account_sid = :account_sid AND message_sid = :message_sid;

-- opted_out --
-- What blocks is the number, or the service that it belongs to.
SELECT 1 FROM opt_outs
 WHERE account_sid = :account_sid AND sender IN (:sender, :service_sid) AND recipient = :recipient LIMIT 1;

-- opt_out --
INSERT INTO opt_outs VALUES (:account_sid, :sender, :recipient, :now) ON CONFLICT DO NOTHING;

-- opt_in --
DELETE FROM opt_outs WHERE account_sid = :account_sid AND sender = :sender AND recipient = :recipient;

-- next_slot --
SELECT next_slot FROM sender_queues WHERE account_sid = :account_sid AND sender = :sender;

-- set_next_slot --
INSERT INTO sender_queues VALUES (:account_sid, :sender, :next_slot)
ON CONFLICT DO UPDATE SET next_slot = excluded.next_slot;

-- recent_replies --
SELECT date_created FROM messages
 WHERE account_sid = :account_sid AND recipient = :recipient AND sender = :sender AND direction = 'outbound-reply'
 ORDER BY id DESC LIMIT :limit;

-- cookies --
SELECT jar FROM cookies
 WHERE account_sid = :account_sid AND sender = :sender AND recipient = :recipient AND expires_at > :now;

-- keep_cookies --
INSERT INTO cookies VALUES (:account_sid, :sender, :recipient, :jar, :expires_at)
ON CONFLICT DO UPDATE SET jar = excluded.jar, expires_at = excluded.expires_at;

-- drop_cookies --
DELETE FROM cookies WHERE account_sid = :account_sid AND sender = :sender AND recipient = :recipient;

-- forget_cookies --
DELETE FROM cookies WHERE (account_sid, sender, recipient) IN
 (SELECT account_sid, sender, recipient FROM cookies WHERE expires_at < :before LIMIT :limit);
