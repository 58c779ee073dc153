package io.hexai.jpa.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.List;
import org.hibernate.Interceptor;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.metamodel.RepresentationMode;
import org.junit.jupiter.api.Test;

/** No mapped class raises events, but an interceptor makes entities of a class that does. */
class InterceptedEntityTest {

    @Entity(name = "Letter")
    static class Letter {
        @Id
        String id = "a";
    }

    static class RaisingLetter extends Letter implements RaisesEvents {
        @Override
        public List<Object> drainEvents() {
            return List.of("read " + id);
        }
    }

    private static final Interceptor RAISING = new Interceptor() {
        @Override
        public Object instantiate(String entityName, RepresentationMode mode, Object id) {
            RaisingLetter letter = new RaisingLetter();
            letter.id = (String) id;
            return letter;
        }
    };

    @Test
    void itsEventsDoNotVanish() {
        String url = TestPostgres.newDatabase();
        try (HikariDataSource pool = TestFactory.pool(url, 2);
                SessionFactory factory = factory(pool)) {
            UnitOfWork unitOfWork = UnitOfWork.of(factory);
            unitOfWork.run(entityManager -> entityManager.persist(new Letter()));

            assertThatThrownBy(() -> unitOfWork.run(entityManager ->
                            assertThat(entityManager.find(Letter.class, "a")).isNotNull()))
                    .isInstanceOf(UndrainedEventsException.class);
        } finally {
            TestPostgres.dropDatabase(url);
        }
    }

    private static SessionFactory factory(HikariDataSource pool) {
        return new HibernatePersistenceConfiguration("letters")
                .managedClass(Letter.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool)
                .property(AvailableSettings.HBM2DDL_AUTO, "create")
                .property(AvailableSettings.INTERCEPTOR, RAISING)
                .createEntityManagerFactory();
    }
}
