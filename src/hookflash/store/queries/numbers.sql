-- incoming_by_number --
SELECT * FROM incoming_phone_numbers WHERE phone_number = :number;

-- owns_sender --
-- What of this account may send under that name: its capabilities as JSON.
SELECT capabilities FROM incoming_phone_numbers WHERE phone_number = :sender AND account_sid = :account_sid
UNION ALL SELECT '{"sms":true,"mms":true}' FROM short_codes WHERE short_code = :sender AND account_sid = :account_sid
LIMIT 1;

-- incoming_of_account --
SELECT * FROM incoming_phone_numbers WHERE account_sid = :account_sid ORDER BY date_created, sid;

-- is_ours --
SELECT 1 FROM incoming_phone_numbers WHERE phone_number = :number
UNION ALL SELECT 1 FROM short_codes WHERE short_code = :number
UNION ALL SELECT 1 WHERE :number = '+14155992671' -- the sandbox
LIMIT 1;

-- owner_of --
-- The account that a text to this number reaches; empty for the shared sandbox number, where its PIN decides.
SELECT account_sid FROM incoming_phone_numbers WHERE phone_number = :number
UNION ALL SELECT account_sid FROM short_codes WHERE short_code = :number
UNION ALL SELECT '' FROM sandboxes WHERE phone_number = :number
LIMIT 1;

-- short_code_country --
SELECT iso_country FROM short_codes WHERE account_sid = :account_sid AND short_code = :code LIMIT 1;

-- short_code --
SELECT * FROM short_codes WHERE short_code = :code ORDER BY iso_country LIMIT 1;

-- verified --
SELECT 1 FROM outgoing_caller_ids WHERE account_sid = :account_sid AND phone_number = :number;

-- caller_id --
SELECT * FROM outgoing_caller_ids WHERE account_sid = :account_sid AND phone_number = :number;

-- verified_elsewhere --
SELECT 1 FROM outgoing_caller_ids WHERE account_sid <> :account_sid AND phone_number = :number LIMIT 1;

-- application --
SELECT * FROM applications WHERE account_sid = :account_sid AND sid = :sid;

-- application_by_sid --
SELECT * FROM applications WHERE sid = :sid;

-- sandbox --
SELECT * FROM sandboxes WHERE account_sid = :account_sid;

-- sandbox_by_pin --
SELECT * FROM sandboxes WHERE pin = :pin;

-- first_numbers --
SELECT phone_number FROM incoming_phone_numbers WHERE account_sid = :account_sid ORDER BY sid;

-- own_or_verified --
-- A number that its owner has verified, or one of the account's own.
SELECT 1 FROM outgoing_caller_ids WHERE account_sid = :account_sid AND phone_number = :number
UNION ALL SELECT 1 FROM incoming_phone_numbers WHERE phone_number = :number AND account_sid = :account_sid
LIMIT 1;
