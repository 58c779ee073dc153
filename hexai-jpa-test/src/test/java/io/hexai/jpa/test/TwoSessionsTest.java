package io.hexai.jpa.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.IsolationLevel;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@PostgresTest(entities = Note.class, isolation = TestIsolation.TRUNCATE)
class TwoSessionsTest {

    private final UnitOfWork unitOfWork;

    TwoSessionsTest(UnitOfWork unitOfWork) {
        this.unitOfWork = unitOfWork;
    }

    @BeforeEach
    void insertANote() {
        unitOfWork.run(em -> em.persist(new Note(1, "first version")));
    }

    @Test
    void keepTheirChangesToThemselvesUntilTheyCommit(TwoSessions sessions) {
        sessions.first().run(em -> {
            em.find(Note.class, 1L).rewrite("second version");
            em.flush();
        });
        String before = sessions.second().call(em -> em.find(Note.class, 1L).longText());
        sessions.first().commit();
        sessions.second().rollback();
        String after = sessions.second().call(em -> em.find(Note.class, 1L).longText());

        assertThat(List.of(before, after)).containsExactly("first version", "second version");
    }

    @Test
    void waitForEachOthersLocks(TwoSessions sessions) {
        sessions.first()
                .run(em ->
                        em.find(Note.class, 1L, LockModeType.PESSIMISTIC_WRITE).rewrite("second version"));

        SessionStep<String> step = sessions.second()
                .start(em ->
                        em.find(Note.class, 1L, LockModeType.PESSIMISTIC_WRITE).longText());

        assertThat(step.isWaiting()).isTrue();
        sessions.first().commit();
        assertThat(step.await()).isEqualTo("second version");
        assertThat(step.isWaiting()).isFalse();
    }

    @Test
    void showASerializationFailure() {
        UnitOfWork repeatable = unitOfWork.with(o -> o.withIsolation(IsolationLevel.REPEATABLE_READ));
        try (TwoSessions sessions = TwoSessions.of(unitOfWork, repeatable)) {
            sessions.second().run(em -> em.find(Note.class, 1L));
            sessions.first().run(em -> em.find(Note.class, 1L).rewrite("by the first"));
            sessions.first().commit();

            assertThatThrownBy(() -> sessions.second()
                            .run(em -> em.createNativeQuery("UPDATE note SET long_text = 'by the second'")
                                    .executeUpdate()))
                    .isInstanceOf(PersistenceException.class);
            sessions.second().rollback();
        }
    }

    @Test
    void letAStepsOwnExceptionOutAndGoOn(TwoSessions sessions) {
        assertThatThrownBy(() -> sessions.first().run(em -> {
                    throw new IOException("the step's own");
                }))
                .isInstanceOf(IOException.class);

        assertThat(sessions.first()
                        .<String, RuntimeException>call(
                                em -> em.find(Note.class, 1L).longText()))
                .isEqualTo("first version");
    }

    @Test
    void sayWhatToDoWhenAStepThatShouldEndWaits() {
        try (TwoSessions sessions = TwoSessions.of(unitOfWork, unitOfWork, Duration.ofMillis(300))) {
            sessions.first().run(em -> em.find(Note.class, 1L, LockModeType.PESSIMISTIC_WRITE));

            assertThatThrownBy(
                            () -> sessions.second().run(em -> em.find(Note.class, 1L, LockModeType.PESSIMISTIC_WRITE)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("second session")
                    .hasMessageContaining("start(");
            sessions.first().rollback();
        }
    }

    @Test
    void areRolledBackWhenTheyAreClosedEvenIfOneWaitsForTheOther() {
        TwoSessions sessions = TwoSessions.of(unitOfWork);
        sessions.first()
                .run(em ->
                        em.find(Note.class, 1L, LockModeType.PESSIMISTIC_WRITE).rewrite("never committed"));
        SessionStep<Note> waiting =
                sessions.second().start(em -> em.find(Note.class, 1L, LockModeType.PESSIMISTIC_WRITE));

        sessions.close();

        assertThat(waiting.isWaiting()).isFalse();
        assertThat(unitOfWork.<String, RuntimeException>call(
                        em -> em.find(Note.class, 1L).longText()))
                .isEqualTo("first version");
    }

    @Test
    void commitWhileTheOtherHoldsALock(TwoSessions sessions) {
        unitOfWork.run(em -> em.createNativeQuery("ALTER TABLE note DROP CONSTRAINT IF EXISTS note_text_key")
                .executeUpdate());
        unitOfWork.run(em -> em.createNativeQuery(
                        "ALTER TABLE note ADD CONSTRAINT note_text_key UNIQUE (long_text) DEFERRABLE INITIALLY DEFERRED")
                .executeUpdate());
        sessions.first().run(em -> {
            em.persist(new Note(2, "same"));
            em.flush();
        });
        sessions.second().run(em -> {
            em.persist(new Note(3, "same"));
            em.flush();
        });

        SessionStep<?> step = sessions.second().startCommit();
        assertThat(step.isWaiting()).isTrue();
        sessions.first().rollback();
        step.await();

        assertThat(unitOfWork.<Note, RuntimeException>call(em -> em.find(Note.class, 3L)))
                .isNotNull();
    }
}
