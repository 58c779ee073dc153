/**
 * The root of the library's exceptions, and nothing that uses its features.
 *
 * <p>Start reading at {@code io.hexai.jpa.transaction.UnitOfWork}; {@code io.hexai.jpa.bootstrap.HexaiJpa} puts the parts together.
 */
@NullMarked
package io.hexai.jpa;

import org.jspecify.annotations.NullMarked;
