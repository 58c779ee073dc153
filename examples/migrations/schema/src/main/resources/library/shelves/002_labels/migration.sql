ALTER TABLE shelf ADD label text;
CREATE UNIQUE INDEX shelf_label_key ON shelf (room, label);

-- rollback
DROP INDEX shelf_label_key;
ALTER TABLE shelf DROP label;
