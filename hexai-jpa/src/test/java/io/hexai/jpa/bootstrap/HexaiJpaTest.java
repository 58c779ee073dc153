package io.hexai.jpa.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.database.MigrationFailedException;
import io.hexai.jpa.database.PoolState;
import io.hexai.jpa.database.PostgresConfig;
import io.hexai.jpa.database.TableManager;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.event.EventTypes;
import io.hexai.jpa.testing.TestPostgres;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.nio.file.Files;
import java.nio.file.Path;
import org.hibernate.cfg.AvailableSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HexaiJpaTest {

    @Entity(name = "BootstrapNote")
    static class BootstrapNote {
        @Id
        String noteId;

        String bodyText;

        protected BootstrapNote() {}

        BootstrapNote(String noteId) {
            this.noteId = noteId;
        }
    }

    @EventType("note.written")
    record NoteWritten(String noteId) {}

    @TempDir
    Path directory;

    final String url = TestPostgres.newDatabase();
    final PostgresConfig config = PostgresConfig.fromUrl(url);

    @AfterEach
    void drop() {
        TestPostgres.dropDatabase(url);
    }

    @Test
    void migratesAndCommitsEntitiesAndEventsTogether() throws Exception {
        try (HexaiJpa hexai = HexaiJpa.builder(config)
                .entities(BootstrapNote.class)
                .events(EventTypes.of(NoteWritten.class))
                .migrate(changelog("note_id text primary key, body_text text"))
                .build()) {
            hexai.unitOfWork().run(em -> {
                em.persist(new BootstrapNote("n1"));
                hexai.eventStore().store(new NoteWritten("n1"));
            });
            assertThatThrownBy(() -> hexai.unitOfWork().run(em -> {
                        em.persist(new BootstrapNote("n2"));
                        hexai.eventStore().store(new NoteWritten("n2"));
                        throw new IllegalStateException();
                    }))
                    .isInstanceOf(IllegalStateException.class);

            assertThat(hexai.eventStore().fetch(0, 10).events())
                    .singleElement()
                    .satisfies(event -> assertThat(event.payload()).isEqualTo(new NoteWritten("n1")));
            assertThat(TableManager.of(hexai.unitOfWork()).names()).contains("bootstrap_note", "hexai__events");
            assertThat(PoolState.of(hexai.dataSource()).active()).isZero();
        }
    }

    @Test
    void namesColumnsInSnakeCaseAndBatchesUnlessToldOtherwise() {
        try (HexaiJpa hexai = HexaiJpa.builder(config)
                .entities(BootstrapNote.class)
                .property(AvailableSettings.STATEMENT_BATCH_SIZE, 7)
                .build()) {
            assertThat(hexai.entityManagerFactory().getProperties())
                    .containsEntry(AvailableSettings.STATEMENT_BATCH_SIZE, 7)
                    .containsEntry(AvailableSettings.ORDER_INSERTS, true);
        }
    }

    @Test
    void saysHowToGetAnEventStoreWhereThereIsNone() {
        try (HexaiJpa hexai =
                HexaiJpa.builder(config).entities(BootstrapNote.class).build()) {
            assertThatThrownBy(hexai::eventStore)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(".events(");
        }
    }

    @Test
    void closesThePoolAgainWhenTheMigrationFails() throws Exception {
        String broken = changelog("note_id nonsense");
        long before = connections();

        assertThatThrownBy(() -> HexaiJpa.builder(config).migrate(broken).build())
                .isInstanceOf(MigrationFailedException.class);

        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(connections()).isEqualTo(before));
    }

    private long connections() throws Exception {
        try (var connection = TestPostgres.connect(url);
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")) {
            row.next();
            return row.getLong(1);
        }
    }

    private String changelog(String columns) throws Exception {
        return Files.writeString(directory.resolve("changelog.sql"), """
                        --liquibase formatted sql
                        --changeset test:1
                        CREATE TABLE bootstrap_note (%s);
                        --rollback DROP TABLE bootstrap_note;
                        """.formatted(columns))
                .toString();
    }
}
