package io.hexai.jpa.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.query.Queries;
import io.hexai.jpa.query.QueryFailedException;
import io.hexai.jpa.query.QueryParameterException;
import io.hexai.jpa.query.QueryResultException;
import io.hexai.jpa.repository.EntityRepository;
import io.hexai.jpa.repository.ImmutableEntityModifiedException;
import io.hexai.jpa.testing.LogLines;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.hibernate.AnnotationException;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.JDBCConnectionException;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code docs/guide/errors.md} promises to those who come from pg-dao, in the order of its table. */
class PgDaoErrorsTest {

    @Entity(name = "ErrorsToken")
    static class Token {
        @Id
        long id;

        @Column(unique = true)
        String code;

        protected Token() {}

        Token(long id, String code) {
            this.id = id;
            this.code = code;
        }
    }

    @Entity(name = "ErrorsWithoutId")
    static class WithoutId {
        String code;
    }

    static TestFactory database;

    UnitOfWork unitOfWork;
    Queries queries;

    @BeforeAll
    static void start() {
        database = TestFactory.of(Map.of(EntityRepository.VALIDATE_IMMUTABILITY, true), Token.class);
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void store() {
        database.execute("TRUNCATE ErrorsToken");
        unitOfWork = UnitOfWork.of(database.factory());
        queries = Queries.of(unitOfWork);
        unitOfWork.run(em -> em.persist(new Token(1, "a")));
    }

    @Test
    void connectionError() {
        TransactionScope ended = unitOfWork.begin();
        EntityManager entityManager = ended.entityManager();
        ended.commit();
        ended.close();
        assertThatCode(ended::close).doesNotThrowAnyException();
        assertThatThrownBy(ended::commit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> entityManager.find(Token.class, 1L)).isInstanceOf(IllegalStateException.class);

        try (HikariDataSource unreachable = new HikariDataSource()) {
            unreachable.setJdbcUrl("jdbc:postgresql://127.0.0.1:1/none");
            unreachable.setConnectionTimeout(300);
            unreachable.setInitializationFailTimeout(-1);
            try (SessionFactory factory = new HibernatePersistenceConfiguration("unreachable")
                    .managedClass(Token.class)
                    .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, unreachable)
                    .property(AvailableSettings.DIALECT, PostgreSQLDialect.class.getName())
                    .property(AvailableSettings.ALLOW_METADATA_ON_BOOT, false)
                    .createEntityManagerFactory()) {
                assertThatThrownBy(() -> UnitOfWork.of(factory).run(em -> em.find(Token.class, 1L)))
                        .isInstanceOf(JDBCConnectionException.class);
            }
        }
    }

    @Test
    void transactionError() {
        unitOfWork.run(() -> unitOfWork.run(em -> em.find(Token.class, 1L).code = "joined"));
        assertThat(database.select("SELECT code FROM ErrorsToken")).containsExactly("joined");

        List<String> log = LogLines.of(UnitOfWork.class, () -> {
            try (TransactionScope undecided = unitOfWork.begin()) {
                undecided.entityManager().find(Token.class, 1L).code = "lost";
            }
        });
        assertThat(log).anyMatch(line -> line.startsWith("WARN") && line.contains("pending changes are lost"));
        assertThat(database.select("SELECT code FROM ErrorsToken")).containsExactly("joined");
    }

    @Test
    void queryError() {
        assertThatThrownBy(
                        () -> unitOfWork.run(() -> queries.sql("SELECT nothing").rows()))
                .isInstanceOf(QueryFailedException.class);
        assertThatThrownBy(() -> queries.sql("SELECT :a").param("b", 1)).isInstanceOf(QueryParameterException.class);
        assertThatThrownBy(() -> unitOfWork.run(em -> em.persist(new Token(2, "a"))))
                .isInstanceOf(ConstraintViolationException.class);
    }

    @Test
    void parseError() {
        IOException ofTheMapper = new IOException("of the mapper");
        assertThatThrownBy(() ->
                        unitOfWork.run(() -> queries.sql("SELECT 1 AS one").list(row -> {
                            throw sneaky(ofTheMapper);
                        })))
                .isSameAs(ofTheMapper);
        assertThatThrownBy(() ->
                        unitOfWork.run(() -> queries.sql("SELECT 'x' AS one").list(Integer.class)))
                .isInstanceOf(QueryResultException.class);
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException sneaky(Throwable failure) throws X {
        throw (X) failure;
    }

    @Test
    void modelError() {
        assertThatThrownBy(() -> TestFactory.of(WithoutId.class)).isInstanceOf(AnnotationException.class);
        assertThatThrownBy(
                        () -> unitOfWork.run(em -> em.createQuery("from ErrorsToken t where t.unknown = 1", Token.class)
                                .getResultList()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void storeError() {
        EntityRepository<Token, Long> tokens = EntityRepository.of(unitOfWork, Token.class, Long.class);
        unitOfWork.run(() -> {
            Token added = new Token(2, "b");
            tokens.add(added);
            tokens.add(added);
            assertThatThrownBy(() -> tokens.add(new Token(2, "c"))).isInstanceOf(EntityExistsException.class);
            assertThatThrownBy(() -> unitOfWork.current().changes().isNew(new Token(3, "d")))
                    .isInstanceOf(IllegalArgumentException.class);
        });
        assertThat(database.select("SELECT count(*) FROM ErrorsToken")).containsExactly(2L);
    }

    @Test
    void syncError() {
        EntityRepository<Token, Long> tokens = EntityRepository.of(unitOfWork, Token.class, Long.class);

        assertThatThrownBy(() -> unitOfWork.run(() -> tokens.readOnly().get(1L).code = "changed"))
                .isInstanceOf(ImmutableEntityModifiedException.class);
        assertThat(database.select("SELECT code FROM ErrorsToken")).containsExactly("a");
    }

    @Test
    void noneEndsTheUnitOfWorkIfItIsCaughtAroundANestedScope() {
        unitOfWork.run(em -> {
            assertThatThrownBy(() -> unitOfWork
                            .with(Propagation.NESTED)
                            .run(() -> queries.sql("SELECT nothing").rows()))
                    .isInstanceOf(QueryFailedException.class);
            em.persist(new Token(2, "b"));
        });
        assertThat(database.select("SELECT count(*) FROM ErrorsToken")).containsExactly(2L);
    }
}
