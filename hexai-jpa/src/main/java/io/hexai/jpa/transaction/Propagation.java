package io.hexai.jpa.transaction;

/**
 * What a scope does with the transaction around it; Spring's names are REQUIRED, REQUIRES_NEW and NESTED.
 *
 * <p>With no transaction around, each of them starts one.
 */
public enum Propagation {
    /**
     * Joins the transaction around, or starts one (Spring: REQUIRED). A joined scope that throws dooms what it joined: the
     * innermost {@link #NESTED} scope around it, else the transaction, even if the exception is caught on the way.
     */
    EXISTING,

    /**
     * Suspends the transaction around and runs in one of its own, on an entity manager and a connection of its own
     * (Spring: REQUIRES_NEW). Neither sees the other's uncommitted changes. Needs a second connection while the outer
     * transaction holds one: size the pool for it. A row that the outer transaction has written and the new one writes too
     * blocks for good, since the database cannot see that the outer one waits; set a lock timeout where that may happen.
     */
    NEW,

    /**
     * Runs between savepoints of the transaction around, in the same persistence context (Spring: NESTED). When it fails,
     * the database and the persistence context are as they were when it began, and the outer work may go on. What a
     * nested rollback does not restore: {@code @Transient} fields, and objects that are no entities.
     */
    NESTED
}
