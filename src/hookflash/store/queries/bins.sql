-- by_sid --
SELECT * FROM twiml_bins WHERE sid = :sid;

-- all --
SELECT * FROM twiml_bins ORDER BY account_sid, sid LIMIT :limit;

-- of_account --
SELECT * FROM twiml_bins WHERE account_sid = :account_sid ORDER BY sid LIMIT :limit;

-- change --
UPDATE twiml_bins SET friendly_name = :friendly_name, twiml = :twiml, date_updated = :now WHERE sid = :sid;

-- remove --
DELETE FROM twiml_bins WHERE sid = :sid;
