package io.hexai.jpa.transaction.enhanced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.List;
import java.util.Map;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.spi.ManagedEntity;
import org.hibernate.stat.Statistics;

/** What the test runs in the class loader that enhances the entity. */
public final class Scenarios implements AutoCloseable {

    private final TestFactory database = TestFactory.of(
            Map.of(
                    "hibernate.classLoaders",
                    List.of(Scenarios.class.getClassLoader()),
                    "hibernate.classLoader.tccl_lookup_precedence",
                    "before",
                    AvailableSettings.GENERATE_STATISTICS,
                    true),
            Person.class);
    private final UnitOfWork unitOfWork = UnitOfWork.of(database.factory());

    public void reset() {
        assertThat(ManagedEntity.class).isAssignableFrom(Person.class);
        database.execute("""
                UPDATE person SET superior_id = null;
                DELETE FROM person;
                INSERT INTO person (id, version, name, age, biography, superior_id)
                VALUES (1, 0, 'first', 10, 'long', null), (2, 0, 'second', 20, 'longer', 1)
                """);
    }

    @Override
    public void close() {
        database.close();
    }

    public void restoresAReferenceThatWasLoadedInside() {
        unitOfWork.run(em -> {
            Person person = em.getReference(Person.class, 2L);
            failNested(() -> {
                person.name = "changed";
                em.flush();
            });
            assertThat(person.name).isEqualTo("second");
            person.age = 21;
        });
        assertThat(row(2)).isEqualTo("1|second|21|longer|1");
    }

    public void restoresAReferenceThatWasOnlyReadInside() {
        unitOfWork.run(em -> {
            Person person = em.getReference(Person.class, 2L);
            failNested(() -> assertThat(person.age).isEqualTo(20));
            person.age = 21;
        });
        assertThat(row(2)).isEqualTo("1|second|21|longer|1");
    }

    public void loadsReferencesTogetherAlthoughTheyWereLoadedInside() {
        unitOfWork.run(em -> {
            Person first = em.getReference(Person.class, 1L);
            Person second = em.getReference(Person.class, 2L);
            failNested(() -> assertThat(first.age).isEqualTo(10));
            Statistics statistics = database.factory().getStatistics();
            statistics.clear();

            assertThat(first.age + second.age).isEqualTo(30);

            assertThat(statistics.getPrepareStatementCount()).isEqualTo(1);
        });
    }

    public void restoresALazyAssociationThatWasLoadedInside() {
        unitOfWork.run(em -> {
            Person person = em.find(Person.class, 2L);
            failNested(() -> person.superior.name = "changed");
            person.superior.age = 11;
        });
        assertThat(row(1)).isEqualTo("1|first|11|long");
    }

    public void restoresAReferenceThatWasRemovedInside() {
        unitOfWork.run(em -> {
            Person person = em.getReference(Person.class, 2L);
            failNested(() -> {
                em.remove(person);
                em.flush();
            });
            assertThat(em.contains(person)).isTrue();
            person.age = 21;
        });
        assertThat(row(2)).isEqualTo("1|second|21|longer|1");
    }

    public void restoresAReferenceAfterTheContextWasCleared() {
        unitOfWork.run(em -> {
            Person person = em.getReference(Person.class, 2L);
            failNested(() -> {
                em.clear();
                em.find(Person.class, 2L).age = 99;
                em.flush();
            });
            assertThat(person.age).isEqualTo(20);
            assertThat(em.find(Person.class, 2L)).isSameAs(person);
        });
    }

    public void readsAgainWhatWasFirstLoadedInside() {
        unitOfWork.run(em -> {
            Person[] held = new Person[2];
            failNested(() -> {
                held[0] = em.find(Person.class, 2L);
                held[0].age = 99;
                held[0].biography = "changed";
                held[1] = em.getReference(Person.class, 1L);
                held[1].name = "changed";
                em.flush();
            });
            assertThat(held[0].age).isEqualTo(20);
            assertThat(held[0].biography).isEqualTo("longer");
            assertThat(held[1].name).isEqualTo("first");
        });
        assertThat(row(2)).isEqualTo("0|second|20|longer|1");
    }

    public void fetchesALazyAttributeAgainThatWasFetchedInside() {
        unitOfWork.run(em -> {
            Person person = em.find(Person.class, 2L);
            failNested(() -> {
                em.createNativeQuery("UPDATE person SET biography = 'changed'").executeUpdate();
                assertThat(person.biography).isEqualTo("changed");
            });
            assertThat(person.biography).isEqualTo("longer");
        });
        assertThat(row(2)).isEqualTo("0|second|20|longer|1");
    }

    private void failNested(Runnable work) {
        assertThatThrownBy(() -> unitOfWork.with(Propagation.NESTED).run(() -> {
                    work.run();
                    throw new IllegalArgumentException("nested");
                }))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String row(long id) {
        return (String) database.select(
                        "SELECT concat_ws('|', version, name, age, biography, superior_id) FROM person WHERE id = "
                                + id)
                .get(0);
    }
}
