-- Of the filters of a search the city is the one that leaves few; times have an index already.
CREATE INDEX venue_city_idx ON venue (lower(city));
