-- all --
SELECT * FROM carriers ORDER BY name;

-- all_routes --
SELECT * FROM routes ORDER BY priority, sid;

-- origin --
SELECT origin FROM carriers WHERE name = :name;

-- forget_file --
DELETE FROM carriers WHERE origin = 'file';

-- forget_file_routes --
DELETE FROM routes WHERE origin = 'file';

-- change --
UPDATE carriers SET config = :config, date_updated = :now WHERE name = :name;

-- drop --
DELETE FROM carriers WHERE name = :name;

-- routes_to --
SELECT count(*) FROM routes WHERE carrier = :name;

-- drop_route --
DELETE FROM routes WHERE sid = :sid;

-- add_part --
INSERT INTO carrier_parts VALUES (:carrier, :carrier_id, :account_sid, :message_id, :part, NULL, :now)
ON CONFLICT DO UPDATE SET account_sid = excluded.account_sid, message_id = excluded.message_id,
   part = excluded.part, status = NULL, date_created = excluded.date_created;

-- part --
SELECT * FROM carrier_parts WHERE carrier = :carrier AND carrier_id = :carrier_id;

-- close_part --
UPDATE carrier_parts SET status = :status WHERE carrier = :carrier AND carrier_id = :carrier_id;

-- parts_of_message --
SELECT * FROM carrier_parts WHERE account_sid = :account_sid AND message_id = :message_id;

-- forget_parts --
DELETE FROM carrier_parts WHERE account_sid = :account_sid AND message_id = :message_id;

-- keep_early_receipt --
INSERT INTO early_receipts VALUES (:carrier, :carrier_id, :receipt, :now)
ON CONFLICT DO UPDATE SET receipt = excluded.receipt;

-- early_receipt --
SELECT receipt FROM early_receipts WHERE carrier = :carrier AND carrier_id = :carrier_id;

-- drop_early_receipt --
DELETE FROM early_receipts WHERE carrier = :carrier AND carrier_id = :carrier_id;

-- forget_early_receipts --
DELETE FROM early_receipts WHERE (carrier, carrier_id) IN
 (SELECT carrier, carrier_id FROM early_receipts WHERE date_created < :before LIMIT :limit);

-- forget_old_parts --
DELETE FROM carrier_parts WHERE (carrier, carrier_id) IN
 (SELECT carrier, carrier_id FROM carrier_parts WHERE date_created < :before LIMIT :limit);

-- see_inbound --
-- Changes a row when the key was not seen since `after`.
INSERT INTO inbound_seen VALUES (:carrier, :dedupe, :now)
ON CONFLICT DO UPDATE SET date_created = excluded.date_created WHERE date_created < :after;

-- forget_inbound --
DELETE FROM inbound_seen WHERE (carrier, dedupe) IN
 (SELECT carrier, dedupe FROM inbound_seen WHERE date_created < :before LIMIT :limit);

-- add_inbound_part --
INSERT INTO inbound_parts VALUES (:carrier, :sender, :recipient, :reference, :part, :total, :body, :now)
ON CONFLICT DO NOTHING;

-- inbound_parts --
SELECT * FROM inbound_parts
 WHERE carrier = :carrier AND sender = :sender AND recipient = :recipient AND reference = :reference ORDER BY part;

-- drop_inbound_parts --
DELETE FROM inbound_parts
 WHERE carrier = :carrier AND sender = :sender AND recipient = :recipient AND reference = :reference;
