/**
 * Repositories inside a unit of work.
 *
 * <p>Start reading at {@link io.hexai.jpa.repository.MappedRepository}, for a domain model that knows nothing of
 * persistence. In the code, {@code MappedObjects} is what a unit of work knows of domain objects: it copies them onto their
 * entities before each flush, and {@code NestedRollback} brings them back when a nested scope has failed.
 */
@NullMarked
package io.hexai.jpa.repository;

import org.jspecify.annotations.NullMarked;
