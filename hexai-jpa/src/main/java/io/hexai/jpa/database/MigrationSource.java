package io.hexai.jpa.database;

/** Where the migrations of a {@link Migrator} come from: a Liquibase {@link Changelog}, or an {@link SqlDirectory}. */
public sealed interface MigrationSource permits Changelog, SqlDirectory {}
