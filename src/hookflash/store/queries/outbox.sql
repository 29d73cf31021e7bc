-- lane_head --
SELECT id FROM outbox WHERE lane = :lane LIMIT 1;

-- add --
INSERT INTO outbox (queue, due_at, lane, account_sid, subject, payload, attempts, leased)
VALUES (:queue, :due_at, :lane, :account_sid, :subject, :payload, 0, 0);

-- claim --
-- The lease of a crashed worker simply runs out.
UPDATE outbox SET due_at = :until, leased = leased + 1, attempts = attempts + 1
 WHERE id IN (SELECT id FROM outbox WHERE queue = :queue AND due_at <= :now ORDER BY due_at, id LIMIT :limit)
RETURNING *;

-- drop --
DELETE FROM outbox WHERE id = :id;

-- bring_up --
UPDATE outbox SET due_at = due_at - :parked
 WHERE id = (SELECT id FROM outbox WHERE lane = :lane ORDER BY id LIMIT 1) AND due_at >= :parked
RETURNING queue;

-- postpone --
UPDATE outbox SET due_at = :due_at, leased = 0 WHERE id = :id;

-- renew --
UPDATE outbox SET queue = :queue, due_at = :due_at, payload = :payload, leased = 0, attempts = 0 WHERE id = :id;

-- set_aside --
UPDATE outbox SET queue = :queue, due_at = 0, leased = 0, attempts = 0 WHERE id = :id;

-- take_back --
UPDATE outbox SET queue = :queue
 WHERE id IN (SELECT id FROM outbox WHERE queue = :aside ORDER BY due_at, id LIMIT :limit);

-- take_back_all --
-- What was set aside is in queues such as `callback@host`.
UPDATE outbox SET queue = substr(queue, 1, instr(queue, '@') - 1) WHERE instr(queue, '@') > 0;

-- of_subject --
SELECT * FROM outbox WHERE subject = :subject AND queue = :queue;

-- next_due --
SELECT due_at FROM outbox WHERE queue = :queue ORDER BY due_at, id LIMIT 1;

-- release_all --
UPDATE outbox SET due_at = :now, leased = 0 WHERE leased > 0;

-- unsettled --
-- Due by now, or leased.
SELECT EXISTS (SELECT 1 FROM outbox WHERE leased > 0 OR due_at <= :now);

-- extend_leases --
UPDATE outbox SET due_at = due_at + :span WHERE leased > 0;

-- depth --
SELECT count(*) FROM outbox WHERE queue = :queue;
