package io.hexai.jpa.mapping;

import io.hexai.jpa.testing.TestFactory;
import io.hexai.jpa.transaction.UnitOfWork;
import java.io.IOException;
import java.nio.file.Path;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** A re-encryption in a process of its own, that can be killed. */
final class ReEncryptionProcess {

    private ReEncryptionProcess() {}

    static Process start(TestFactory database, String rowKeys, String searchKeys, int batchSize) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReEncryptionProcess.class.getName(),
                        database.jdbcUrl(),
                        rowKeys,
                        searchKeys,
                        String.valueOf(batchSize))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Takes the database, both keysets and the size of a batch. */
    public static void main(String[] arguments) {
        EncryptionKeys keys = EncryptionKeys.fromJson(arguments[1]).withSearchKeysFromJson(arguments[2]);
        try (var factory = new HibernatePersistenceConfiguration("re-encryption")
                .managedClass(ReEncryptionTest.Member.class)
                .property(AvailableSettings.JAKARTA_JDBC_URL, arguments[0])
                .property(EncryptionKeys.SETTING, keys)
                .createEntityManagerFactory()) {
            ReEncryption.of(UnitOfWork.of(factory))
                    .withBatchSize(Integer.parseInt(arguments[3]))
                    .run();
        }
    }
}
