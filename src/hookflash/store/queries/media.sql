-- sids --
SELECT sid FROM media WHERE account_sid = :account_sid AND parent_sid = :parent_sid ORDER BY sid;

-- of_parent --
SELECT * FROM media WHERE account_sid = :account_sid AND parent_sid = :parent_sid ORDER BY sid;

-- delete_of_parent --
DELETE FROM media WHERE account_sid = :account_sid AND parent_sid = :parent_sid;

-- uses_of_digest --
SELECT count(*) FROM media WHERE digest = :digest;
