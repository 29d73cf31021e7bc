-- all_trunks --
SELECT * FROM trunks ORDER BY name;

-- all_routes --
SELECT * FROM call_routes ORDER BY priority, sid;

-- origin --
SELECT origin FROM trunks WHERE name = :name;

-- forget_file_trunks --
DELETE FROM trunks WHERE origin = 'file';

-- forget_file_routes --
DELETE FROM call_routes WHERE origin = 'file';
