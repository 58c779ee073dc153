package notes;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.EventType;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** What somebody writes on the first day. */
public final class Notes {

    @Entity(name = "note")
    public static class Note {

        @Id
        private String text;

        protected Note() {}

        Note(String text) {
            this.text = text;
        }
    }

    @EventType("note.taken")
    public record NoteTaken(String text) {}

    private final UnitOfWork unitOfWork;
    private final EventStore events;

    public Notes(UnitOfWork unitOfWork, EventStore events) {
        this.unitOfWork = unitOfWork;
        this.events = events;
    }

    public void take(String text) {
        unitOfWork.run(em -> {
            em.persist(new Note(text));
            events.store(new NoteTaken(text));
        });
    }
}
