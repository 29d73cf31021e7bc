-- once --
SELECT * FROM user_defined_messages
WHERE account_sid = :account_sid AND call_sid = :call_sid AND idempotency_key = :key;

-- subscribed_once --
SELECT * FROM user_defined_message_subscriptions
WHERE account_sid = :account_sid AND call_sid = :call_sid AND idempotency_key = :key;

-- subscriptions --
SELECT * FROM user_defined_message_subscriptions
WHERE account_sid = :account_sid AND call_sid = :call_sid ORDER BY sid;

-- subscription --
SELECT * FROM user_defined_message_subscriptions
WHERE account_sid = :account_sid AND call_sid = :call_sid AND sid = :sid;

-- unsubscribe --
DELETE FROM user_defined_message_subscriptions WHERE sid = :sid;

-- told --
UPDATE user_defined_message_subscriptions SET sequence = sequence + 1 WHERE sid = :sid;

-- forget --
DELETE FROM user_defined_messages WHERE sid IN
 (SELECT sid FROM user_defined_messages WHERE date_created < :before LIMIT :limit);

-- forget_subscriptions --
DELETE FROM user_defined_message_subscriptions WHERE sid IN
 (SELECT sid FROM user_defined_message_subscriptions WHERE date_created < :before LIMIT :limit);
