-- The list of events begins with those under way: few of all, and between the others by their start. With this they are found by
-- the time that is asked for, and the list reads only what it shows; 20,000 events took 23 ms without it, and 1 ms with it.
CREATE INDEX event_time_idx ON event USING gist (tstzrange(start_date, end_date));
