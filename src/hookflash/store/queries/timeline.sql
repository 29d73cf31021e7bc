-- add --
INSERT INTO timeline VALUES (:subject, :stamp, :account_sid, :kind, :sentence, :data);

-- of_subject --
SELECT * FROM timeline WHERE subject = :subject ORDER BY stamp;

-- forget_webhooks --
DELETE FROM timeline WHERE (subject, stamp) IN
 (SELECT subject, stamp FROM timeline WHERE kind = 'webhook' AND stamp < :before LIMIT :limit);

-- delete_subject --
DELETE FROM timeline WHERE subject = :subject;
