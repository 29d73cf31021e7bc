-- by_sid --
SELECT * FROM services WHERE account_sid = :account_sid AND sid = :sid;

-- pool --
SELECT * FROM service_senders WHERE account_sid = :account_sid AND service_sid = :service_sid;

-- of_sender --
SELECT services.* FROM service_senders JOIN services USING (account_sid)
 WHERE account_sid = :account_sid AND sender = :sender AND services.sid = service_sid LIMIT 1;

-- next_slots --
-- Which senders of a pool have messages waiting, and until when.
SELECT sender, next_slot FROM service_senders JOIN sender_queues USING (account_sid, sender)
 WHERE account_sid = :account_sid AND service_sid = :service_sid AND next_slot > :now;

-- forget_pool --
DELETE FROM service_senders WHERE account_sid = :account_sid AND service_sid = :service_sid;

-- forget_stickies --
DELETE FROM sticky_senders WHERE account_sid = :account_sid AND service_sid = :service_sid;

-- pool_of --
SELECT service_sid FROM service_senders WHERE account_sid = :account_sid AND sender = :sender LIMIT 1;

-- pool_size --
SELECT count(*) FROM service_senders WHERE account_sid = :account_sid AND service_sid = :service_sid;

-- in_pool --
SELECT 1 FROM service_senders WHERE account_sid = :account_sid AND service_sid = :service_sid AND sender = :sender;

-- sticky --
SELECT sender FROM sticky_senders
 WHERE account_sid = :account_sid AND service_sid = :service_sid AND recipient = :recipient;

-- set_sticky --
INSERT INTO sticky_senders VALUES (:account_sid, :service_sid, :recipient, :sender)
ON CONFLICT DO UPDATE SET sender = excluded.sender;
