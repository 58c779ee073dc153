/**
 * The database around the entities: how to reach it, how to make and change its schema.
 *
 * <p>Start reading at {@link io.hexai.jpa.database.Migrations}.
 */
@NullMarked
package io.hexai.jpa.database;

import org.jspecify.annotations.NullMarked;
