CREATE TABLE IF NOT EXISTS booking (
    id       uuid PRIMARY KEY,
    version  integer NOT NULL,
    show     text NOT NULL,
    seat     text NOT NULL,
    customer text NOT NULL,
    UNIQUE (show, seat)
);

CREATE TABLE IF NOT EXISTS attendance (
    show  text PRIMARY KEY,
    seats integer NOT NULL
);
