-- of_parent --
SELECT * FROM media WHERE account_sid = :account_sid AND parent_sid = :parent_sid ORDER BY sid;

-- by_sid --
SELECT * FROM media WHERE account_sid = :account_sid AND parent_sid = :parent_sid AND sid = :sid;

-- delete --
DELETE FROM media WHERE account_sid = :account_sid AND parent_sid = :parent_sid AND sid = :sid;

-- uses_of_digest --
SELECT count(*) FROM media WHERE digest = :digest;

-- files --
SELECT DISTINCT digest FROM media;
