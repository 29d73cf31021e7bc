-- by_sid --
SELECT * FROM services WHERE account_sid = :account_sid AND sid = :sid;

-- pool --
SELECT * FROM service_senders WHERE account_sid = :account_sid AND service_sid = :service_sid;

-- of_sender --
SELECT services.* FROM service_senders JOIN services USING (account_sid)
 WHERE account_sid = :account_sid AND sender = :sender AND services.sid = service_sid LIMIT 1;

-- in_pool --
SELECT 1 FROM service_senders WHERE account_sid = :account_sid AND service_sid = :service_sid AND sender = :sender;

-- sticky --
SELECT sender FROM sticky_senders
 WHERE account_sid = :account_sid AND service_sid = :service_sid AND recipient = :recipient;

-- set_sticky --
INSERT INTO sticky_senders VALUES (:account_sid, :service_sid, :recipient, :sender)
ON CONFLICT DO UPDATE SET sender = excluded.sender;
