package io.hexai.jpa.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.hexai.jpa.testing.ReducedClassPath;
import io.hexai.jpa.testing.TestPostgres;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import java.io.File;
import java.net.URLClassLoader;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.Test;

/** Tink is optional: on a class path that lacks it, all else works, and encryption says what is missing. */
class WithoutTinkTest {

    @Entity(name = "Plain")
    static class Plain {
        @Id
        long id = 1;

        @Embedded
        Timestamps timestamps;
    }

    @Test
    void allElseWorks() throws Exception {
        String url = TestPostgres.newDatabase();
        try {
            assertThat(isolated("persist", url)).isEqualTo("persisted");
        } finally {
            TestPostgres.dropDatabase(url);
        }
    }

    @Test
    void readingKeysSaysWhatIsMissing() throws Exception {
        assertThat(isolated("readKeys", TestKeys.json(TestKeys.rows()))).contains("com.google.crypto.tink:tink");
    }

    private static String isolated(String method, String argument) throws Exception {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = ReducedClassPath.without("crypto" + File.separator + "tink")) {
            Thread.currentThread().setContextClassLoader(loader);
            var scenario = loader.loadClass(WithoutTinkTest.class.getName()).getDeclaredMethod(method, String.class);
            scenario.setAccessible(true);
            return (String) scenario.invoke(null, argument);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @SuppressWarnings("unused") // called in the other class loader
    private static String persist(String jdbcUrl) {
        try (EntityManagerFactory factory = new HibernatePersistenceConfiguration("without-tink")
                .managedClass(Plain.class)
                .property(AvailableSettings.JAKARTA_JDBC_URL, jdbcUrl)
                .property(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "create")
                .createEntityManagerFactory()) {
            UnitOfWork unitOfWork = UnitOfWork.of(factory);
            unitOfWork.run(em -> em.persist(new Plain()));
            Plain found = unitOfWork.call(em -> em.find(Plain.class, 1L));
            return found.timestamps == null ? "no times" : "persisted";
        }
    }

    @SuppressWarnings("unused") // called in the other class loader
    private static String readKeys(String json) {
        try {
            return EncryptionKeys.fromJson(json).toString();
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
