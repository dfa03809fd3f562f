-- chat: whose friend it was who said it. '': everybody's; NULL: a letter that was closed before this was known.
ALTER TABLE chat_letters ADD COLUMN owner TEXT;
