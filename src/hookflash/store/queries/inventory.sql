-- taken --
-- Which of these numbers (a JSON list) somebody has already.
SELECT phone_number FROM incoming_phone_numbers WHERE phone_number IN (SELECT value FROM json_each(:numbers));

-- count --
SELECT count(*) FROM incoming_phone_numbers WHERE account_sid = :account_sid;

-- leave_pools --
DELETE FROM service_senders WHERE account_sid = :account_sid AND sid = :sid;
