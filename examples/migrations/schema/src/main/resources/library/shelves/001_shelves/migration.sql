CREATE TABLE shelf (
  id integer PRIMARY KEY,
  room text NOT NULL
);

-- rollback
DROP TABLE shelf;
