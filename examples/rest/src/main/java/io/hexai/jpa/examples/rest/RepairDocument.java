package io.hexai.jpa.examples.rest;

/** A repair as clients see it. */
public record RepairDocument(String id, String task, int minutes) {}
