-- open_count --
SELECT count(*) FROM accounts WHERE owner_sid = :owner_sid AND sid <> :owner_sid AND status <> 'closed';

-- update --
UPDATE accounts SET friendly_name = :friendly_name, status = :status, date_updated = :now WHERE sid = :sid;

-- leave_pools --
DELETE FROM service_senders WHERE account_sid = :account_sid AND kind = 'phone-number';

-- release_numbers --
DELETE FROM incoming_phone_numbers WHERE account_sid = :account_sid;
