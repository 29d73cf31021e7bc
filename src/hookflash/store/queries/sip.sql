-- has_mapping --
SELECT 1 FROM sip_mappings
 WHERE account_sid = :account_sid AND domain_sid = :domain_sid AND purpose = 'calls' AND sid LIKE :kind LIMIT 1;

-- domains --
SELECT * FROM sip_domains;

-- registering_domains --
SELECT * FROM sip_domains WHERE account_sid = :account_sid AND sip_registration ORDER BY domain_name;

-- domain_named --
SELECT * FROM sip_domains WHERE domain_name = :name;

-- mapped_credentials --
SELECT c.* FROM sip_credentials c JOIN sip_mappings m ON m.account_sid = c.account_sid AND m.sid = c.credential_list_sid
 WHERE m.account_sid = :account_sid AND m.domain_sid = :domain_sid AND m.purpose = :purpose;

-- mapped_addresses --
SELECT a.* FROM sip_ip_addresses a
  JOIN sip_mappings m ON m.account_sid = a.account_sid AND m.sid = a.ip_access_control_list_sid
 WHERE m.account_sid = :account_sid AND m.domain_sid = :domain_sid AND m.purpose = 'calls';
