-- What is forgotten is looked for by its age, without reading the rest.
CREATE INDEX payments_ended ON payments (date_updated) WHERE status <> 'in-progress';
CREATE INDEX user_defined_messages_by_age ON user_defined_messages (date_created);
CREATE INDEX user_defined_message_subscriptions_by_age ON user_defined_message_subscriptions (date_created);
