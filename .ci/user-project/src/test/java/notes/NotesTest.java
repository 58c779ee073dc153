package notes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.test.PostgresTest;
import io.hexai.jpa.transaction.UnitOfWork;
import org.junit.jupiter.api.Test;

@PostgresTest(entities = Notes.Note.class, events = Notes.NoteTaken.class)
class NotesTest {

    @Test
    void storesANoteWithItsEvent(UnitOfWork unitOfWork, EventStore events) {
        new Notes(unitOfWork, events).take("milk");

        long notes = unitOfWork.call(em -> em.createQuery("select count(n) from note n", Long.class)
                .getSingleResult());
        assertEquals(1, notes);
        assertEquals(new Notes.NoteTaken("milk"), events.fetch(0, 10).events().get(0).payload());
    }
}
