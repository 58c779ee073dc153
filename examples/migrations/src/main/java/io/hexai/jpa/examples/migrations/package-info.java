/**
 * An example: one schema, made in each of the ways there are. Start at {@link io.hexai.jpa.examples.migrations.LibrarySchema}.
 */
@NullMarked
package io.hexai.jpa.examples.migrations;

import org.jspecify.annotations.NullMarked;
