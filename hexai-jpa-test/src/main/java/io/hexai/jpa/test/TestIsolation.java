package io.hexai.jpa.test;

/** How the tests of a class are kept from seeing each other's rows. */
public enum TestIsolation {
    /**
     * One database for the class, a copy of the migrated template. Tests of the class see each other's rows; other classes
     * have other databases. The default, and the fastest.
     */
    CLONE_PER_CLASS,

    /**
     * A copy of the migrated template for each test. Nothing is shared, and tests of a class may run in parallel. Costs some tens of
     * milliseconds a test, and more where it opens an entity manager factory. There is no database outside of tests: none
     * can be injected into {@code @BeforeAll} and {@code @AfterAll} methods.
     */
    CLONE_PER_METHOD,

    /**
     * One database for the class, whose tables are emptied before each test, except for the ledgers of migrations. Rows that a
     * migration inserted are gone as well. Tests of the class must not run in parallel; one that does fails.
     */
    TRUNCATE,

    /**
     * One database for the class, and one transaction for each test, which is rolled back. The quickest between tests, and tests of
     * a class may run in parallel. Each unit of work is a savepoint in it; hooks after commit run. There is no transaction
     * outside of tests, so that {@code @BeforeAll} methods can use nothing but a {@code PostgresConfig}, whose changes stay.
     * What this cannot show, {@link RollbackUnitOfWork} lists.
     */
    ROLLBACK
}
