/**
 * Repositories inside a unit of work.
 *
 * <p>Start reading at {@link io.hexai.jpa.repository.EntityRepository}; {@link io.hexai.jpa.repository.MappedRepository} is
 * for a domain model that knows nothing of persistence. In the code, {@code EntityFetch} is what asks Hibernate for entities
 * and {@code KnownEntities} what remains to be done where they were in memory already; {@code ImmutabilityGuard} holds users
 * to what they fetched read-only. On the other side, {@code MappedObjects} is what a unit of work knows of domain objects:
 * it copies them onto their entities before each flush, and {@code NestedRollback} brings them back when a nested scope has
 * failed.
 */
@NullMarked
package io.hexai.jpa.repository;

import org.jspecify.annotations.NullMarked;
