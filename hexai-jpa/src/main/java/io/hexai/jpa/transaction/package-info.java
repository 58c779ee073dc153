/**
 * The unit of work: scopes that open, join, nest and retry database transactions around one persistence context each.
 *
 * <p>Start reading at {@link io.hexai.jpa.transaction.UnitOfWork}, then {@link io.hexai.jpa.transaction.Propagation}. In the
 * code, {@code OwnRootScope} owns a transaction, {@code NestedScope} a savepoint, {@code JoinedScope} neither;
 * {@code PersistenceContextSnapshot} is what brings entities back after a nested rollback, {@code LazyConnection} is the
 * only place that talks to the pool, and {@code TransactionStatements} decides what travels with a statement.
 */
@NullMarked
package io.hexai.jpa.transaction;

import org.jspecify.annotations.NullMarked;
