-- What other homes have handed in for people of the mail server at home: an offer that comes again is answered from here, also
-- when the letter has left the queue. Written in the transaction that queues the letter.
CREATE TABLE queue_taken (
    name     BLOB PRIMARY KEY,             -- 16 octets of SHA-256 of transfer, home and recipient
    -- seconds since 1970 when a trusted clock first saw the row; 0: none has (a clock that was not set dates nothing)
    taken_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
