-- by_sid --
SELECT * FROM accounts WHERE sid = :sid;

-- by_test_sid --
SELECT * FROM accounts WHERE test_sid = :sid;

-- key --
SELECT * FROM api_keys WHERE sid = :sid;

-- first --
SELECT * FROM accounts WHERE owner_sid = sid ORDER BY sid LIMIT 1;

-- set_tokens --
UPDATE accounts SET auth_token = :auth_token, secondary_token = :secondary_token, date_updated = :now WHERE sid = :sid;
