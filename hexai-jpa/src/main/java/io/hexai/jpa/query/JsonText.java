package io.hexai.jpa.query;

/** A value of json or jsonb, read when it is known as what. */
record JsonText(String text) {}
