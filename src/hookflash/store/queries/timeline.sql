-- add --
INSERT INTO timeline VALUES (:subject, :stamp, :account_sid, :kind, :sentence, :data);

-- of_subject --
SELECT * FROM timeline WHERE subject = :subject ORDER BY stamp;

-- forget_webhooks --
DELETE FROM timeline WHERE (subject, stamp) IN
 (SELECT subject, stamp FROM timeline WHERE kind = 'webhook' AND stamp < :before LIMIT :limit);

-- redact_webhooks --
UPDATE timeline SET data = NULL WHERE subject = :subject AND kind = 'webhook';

-- delete_subject --
DELETE FROM timeline WHERE subject = :subject;

-- forget_alerts --
DELETE FROM alerts WHERE (account_sid, sid) IN
 (SELECT account_sid, sid FROM alerts WHERE date_created < :before LIMIT :limit);
