package io.hexai.jpa.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class a database on a real PostgreSQL server, migrated, and gone afterwards.
 *
 * <p>The server is the one that {@code HEXAI_TEST_DB_URL} names (environment or system property; its user must be allowed to
 * create databases); else a container, where Testcontainers is on the class path and a Docker engine answers; else an
 * {@link EmbeddedServer}. There is one for the JVM, and the log says which one and why. A template database is migrated once for
 * each distinct schema and then copied.
 *
 * <p>Constructors, test methods and lifecycle methods may have parameters of the types {@code DataSource}, {@code
 * Connection} (closed for you), {@code EntityManagerFactory}, {@code UnitOfWork}, {@code EventStore}, {@code
 * TableManager}, {@code PostgresConfig}, {@code HexaiJpa}, {@link StatementLog}, {@link Faults}, {@link TwoSessions} and
 * {@link Subscriptions}.
 *
 * <p>It goes on a class, or on an annotation of your own. Subclasses inherit it. {@code @Nested} classes share the database of
 * the class around them, unless they have an annotation of their own. Classes may run in parallel; about the tests of one
 * class see {@link TestIsolation}. For a second database see {@link TestDatabase}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@SuppressWarnings("exports") // JUnit makes the extension; nobody else needs to see it
@ExtendWith(PostgresExtension.class)
public @interface PostgresTest {

    /**
     * Names the entities, embeddables and converters of the persistence unit. Without a {@link #changelog()} Hibernate
     * creates their tables.
     *
     * @return classes annotated for JPA
     */
    Class<?>[] entities() default {};

    /**
     * Names the events that the {@code EventStore} writes and reads.
     *
     * @return classes annotated with {@code @EventType}, or sealed types above such classes
     */
    Class<?>[] events() default {};

    /**
     * Names the Liquibase changelogs that make the schema, after the library's own tables.
     *
     * @return {@code classpath:…} or paths, applied in this order
     */
    String[] changelog() default {};

    /**
     * Tells how tests are kept apart.
     *
     * @return one database for the class unless set
     */
    TestIsolation isolation() default TestIsolation.CLONE_PER_CLASS;

    /**
     * Tells whether the library's own tables are made.
     *
     * @return true unless set
     */
    boolean builtIn() default true;
}
