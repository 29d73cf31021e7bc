-- by_number --
SELECT * FROM handsets WHERE number = :number;

-- all --
SELECT * FROM handsets ORDER BY date_updated DESC LIMIT :limit;

-- keep --
INSERT INTO handsets VALUES (:number, :faults, :rules, :answering, :now, :now)
ON CONFLICT DO UPDATE SET faults = excluded.faults, rules = excluded.rules, answering = excluded.answering,
 date_updated = excluded.date_updated;

-- drop --
DELETE FROM handsets WHERE number = :number;

-- drop_messages --
DELETE FROM handset_messages WHERE number = :number;

-- receive --
INSERT INTO handset_messages VALUES (:number, :stamp, :direction, :peer, :body, :media_urls, :message_sid)
ON CONFLICT DO NOTHING;

-- messages --
SELECT * FROM handset_messages WHERE number = :number AND stamp > :after ORDER BY stamp LIMIT :limit;

-- latest --
SELECT * FROM (SELECT * FROM handset_messages WHERE number = :number ORDER BY stamp DESC LIMIT :limit) ORDER BY stamp;

-- active_numbers --
SELECT number, max(stamp) FROM handset_messages GROUP BY number ORDER BY 2 DESC LIMIT :limit;

-- forget --
DELETE FROM handset_messages WHERE (number, stamp) IN
 (SELECT number, stamp FROM handset_messages WHERE stamp < :before LIMIT :limit);
