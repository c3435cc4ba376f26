-- A row lives for milliseconds: compressing it costs the writer, who is waited for, more than the bytes cost anybody.
ALTER TABLE outbox ALTER COLUMN events SET STORAGE EXTERNAL;
