-- Whether another account has verified a number is asked whenever one asks to.
CREATE INDEX outgoing_caller_ids_by_number ON outgoing_caller_ids (phone_number);
