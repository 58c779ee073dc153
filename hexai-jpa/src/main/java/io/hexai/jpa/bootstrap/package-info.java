/**
 * Puts the parts of the library together over one database.
 *
 * <p>Start reading at {@link io.hexai.jpa.bootstrap.HexaiJpa}. Each part also works by itself, with an
 * {@code EntityManagerFactory} that the application made.
 */
@NullMarked
package io.hexai.jpa.bootstrap;

import org.jspecify.annotations.NullMarked;
