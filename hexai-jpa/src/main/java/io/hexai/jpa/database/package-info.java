/**
 * Where the database is, and what is in it: configuration, connection pools, databases, tables and migrations.
 *
 * <p>Start reading at {@link io.hexai.jpa.database.PostgresConfig}; {@code DatabaseManager} creates and drops databases,
 * {@code TableManager} looks after the tables of one, and {@code Migrations} brings its schema up to date.
 */
@NullMarked
package io.hexai.jpa.database;

import org.jspecify.annotations.NullMarked;
