package io.hexai.jpa.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.examples.orders.Users.User;
import io.hexai.jpa.query.Queries;
import io.hexai.jpa.query.QueryAnswers;
import io.hexai.jpa.repository.EntityReader;
import io.hexai.jpa.repository.EntityRepository;
import io.hexai.jpa.repository.ImmutableEntityModifiedException;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.test.TestIsolation;
import io.hexai.jpa.transaction.PendingChanges;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceConfiguration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a data access layer of explicit sessions and models with a state is used for, done with this library. */
@PostgresTest(entities = User.class, builtIn = false, isolation = TestIsolation.TRUNCATE)
class WalkThroughTest {

    private UnitOfWork unitOfWork;
    private Users users;
    private Queries queries;

    @BeforeEach
    void prepare(UnitOfWork given) {
        unitOfWork = given;
        users = new Users(given);
        queries = Queries.of(given);
        unitOfWork.run(() -> List.of("ann", "bob", "cid").forEach(name -> users.add(new User(name))));
    }

    private long id(String username) {
        return unitOfWork.call(() -> users.named(username).orElseThrow().id);
    }

    @Nested
    class ExecutingQueries {

        record UserRow(long id, String username) {}

        @Test
        void inATransactionThatTheCallerEnds() {
            try (TransactionScope tx = unitOfWork.begin()) {
                List<UserRow> active = queries.sql(
                                "SELECT id, username FROM users WHERE status = :status ORDER BY username")
                        .param("status", "active")
                        .list(UserRow.class);
                long changed = queries.sql("UPDATE users SET status = 'idle' WHERE id IN (:ids)")
                        .param("ids", active.stream().map(UserRow::id).limit(2).toList())
                        .execute();
                assertThat(changed).isEqualTo(2);
                tx.commit();
            }
            assertThat(unitOfWork.call(() -> queries.sql("SELECT username FROM users WHERE status = 'idle' ORDER BY 1")
                            .list(String.class)))
                    .containsExactly("ann", "bob");
        }

        @Test
        void isUndoneWithoutACommit() {
            try (TransactionScope tx = unitOfWork.begin()) {
                queries.sql("DELETE FROM users").execute();
                assertThat(tx.isCommitPrevented()).isFalse();
            }
            assertThat(users.count()).isEqualTo(3);
        }

        @Test
        void severalAtOnceAnsweredByName() {
            unitOfWork.run(() -> {
                QueryAnswers answers = queries.all(
                        queries.sql("SELECT count(*) FROM users").named("count"),
                        queries.sql("SELECT username FROM users WHERE username = :name")
                                .named("one")
                                .param("name", "bob"),
                        queries.sql("SELECT username FROM users WHERE false").named("none"));
                assertThat(answers.of("count").single(Long.class)).isEqualTo(3);
                assertThat(answers.of("one").first(String.class)).contains("bob");
                assertThat(answers.of("none").list(String.class)).isEmpty();
            });
        }

        @Test
        void withValuesThatAreNeverTakenForSql() {
            String evil = "x'; DROP TABLE users; -- :status {{status}}";
            unitOfWork.run(() -> queries.sql("UPDATE users SET status = :status WHERE username IN (:names)")
                    .param("status", evil)
                    .param("names", List.of("ann", "it's"))
                    .execute());
            assertThat(unitOfWork.call(() -> users.get(id("ann")).status)).isEqualTo(evil);
        }
    }

    @Nested
    class UpdatingModels {

        @Test
        void lockedWhileTheyAreChanged() {
            long ann = id("ann");
            unitOfWork.run(() -> users.forUpdate().get(ann).password = "new");

            assertThat(unitOfWork.call(() -> users.get(ann).password)).isEqualTo("new");
        }

        @Test
        void writesOnlyThoseThatChanged() {
            unitOfWork.run(() -> {
                users.list();
                users.named("bob").orElseThrow().status = "gone";
            });
            assertThat(unitOfWork.call(() -> queries.sql("SELECT username FROM users WHERE version = 1")
                            .list(String.class)))
                    .containsExactly("bob");
        }

        @Test
        void isAllOrNothing() {
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        users.named("ann").orElseThrow().status = "changed";
                        unitOfWork.entityManager().flush();
                        users.named("bob").orElseThrow().username = "cid"; // taken
                    }))
                    .isInstanceOf(RuntimeException.class);
            assertThat(unitOfWork.call(() -> users.named("ann").orElseThrow().status))
                    .isEqualTo("active");
        }
    }

    @Nested
    class CreatingDeletingAndReverting {

        @Test
        void keepsTheStateOfEach() {
            unitOfWork.run(em -> {
                PendingChanges changes = unitOfWork.current().changes();

                User dan = new User("dan");
                assertThat(changes.isManaged(dan)).isFalse();
                users.add(dan);
                assertThat(dan.id).isNotNull();
                assertThat(changes.isNew(dan)).isTrue();

                User ann = users.named("ann").orElseThrow();
                assertThat(changes.isNew(dan)).as("a query flushes").isFalse();
                ann.status = "changed";
                assertThat(changes.modifiedAttributes(ann)).containsExactly("status");
                changes.revert(ann);
                assertThat(ann.status).isEqualTo("active");

                User bob = users.get(id("bob"));
                users.remove(bob);
                assertThat(changes.isRemoved(bob)).isTrue();
                changes.revert(bob);
                assertThat(changes.isManaged(bob)).isTrue();

                User eve = new User("eve");
                users.add(eve);
                changes.revert(eve);
                assertThat(changes.isManaged(eve)).isFalse();

                users.remove(users.get(id("cid")));
                em.flush();
                assertThat(changes.isEmpty()).isTrue();
            });
            assertThat(unitOfWork.call(() -> queries.sql("SELECT username || status FROM users ORDER BY 1")
                            .list(String.class)))
                    .containsExactly("annactive", "bobactive", "danactive");
        }
    }

    @Nested
    class FetchingReadOnly {

        @Test
        void leavesChangesUnwrittenUntilFetchedForUpdate() {
            long ann = id("ann");
            unitOfWork.run(() -> {
                User user = users.readOnly().get(ann);
                user.status = "ignored";
            });
            unitOfWork.run(() -> {
                User user = users.readOnly().get(ann);
                assertThat(users.forUpdate().get(ann)).isSameAs(user);
                user.status = "changed";
                EntityReader<User, Long> readOnly = users.readOnly();
                assertThat(readOnly.get(ann)).isSameAs(user);
            });
            assertThat(unitOfWork.call(() -> users.get(ann).status)).isEqualTo("changed");
        }

        @Test
        void failsTheCommitOfAChangeIfToldTo(DataSource dataSource) {
            long ann = id("ann");
            PersistenceConfiguration configuration = new HibernatePersistenceConfiguration("strict")
                    .managedClass(User.class)
                    .property("jakarta.persistence.nonJtaDataSource", dataSource)
                    .properties(Map.of(EntityRepository.VALIDATE_IMMUTABILITY, "true"));
            try (EntityManagerFactory factory = configuration.createEntityManagerFactory()) {
                UnitOfWork strict = UnitOfWork.of(factory);
                Users strictUsers = new Users(strict);

                assertThatThrownBy(() -> strict.run(() -> strictUsers.readOnly().get(ann).status = "changed"))
                        .isInstanceOf(ImmutableEntityModifiedException.class)
                        .hasMessageContaining("status");
            }
        }
    }
}
