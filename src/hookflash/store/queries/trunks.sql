-- all --
SELECT * FROM trunks ORDER BY name;

-- all_routes --
SELECT * FROM call_routes ORDER BY priority, sid;

-- origin --
SELECT origin FROM trunks WHERE name = :name;

-- forget_file --
DELETE FROM trunks WHERE origin = 'file';

-- forget_file_routes --
DELETE FROM call_routes WHERE origin = 'file';

-- change --
UPDATE trunks SET config = :config, date_updated = :now WHERE name = :name;

-- drop --
DELETE FROM trunks WHERE name = :name;

-- routes_to --
SELECT count(*) FROM call_routes WHERE trunk = :name;

-- drop_route --
DELETE FROM call_routes WHERE sid = :sid;
