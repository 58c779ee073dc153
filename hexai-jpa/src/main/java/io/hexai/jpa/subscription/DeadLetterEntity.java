package io.hexai.jpa.subscription;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.ColumnDefault;
import org.jspecify.annotations.Nullable;

/** A row of {@code hexai__dead_letters}. Only the mapping is used: the rows are read and written by SQL. */
@Entity(name = "HexaiDeadLetter")
@Table(name = "hexai__dead_letters")
final class DeadLetterEntity {

    @EmbeddedId
    @SuppressWarnings("UnusedVariable") // by Hibernate it is
    private @Nullable Id id;

    @Column(name = "message_type", nullable = false, columnDefinition = "text")
    private @Nullable String messageType;

    @Column(name = "stream_id", columnDefinition = "text")
    private @Nullable String streamId;

    @Column(name = "attempts", nullable = false)
    private int attempts;

    @Column(name = "failure", columnDefinition = "text")
    private @Nullable String failure;

    @ColumnDefault("now()")
    @Column(name = "parked_at", nullable = false)
    private @Nullable Instant parkedAt;

    DeadLetterEntity() {}

    /** Which event of which subscription. */
    @Embeddable
    record Id(
            @Column(name = "subscription", columnDefinition = "text")
            String subscription,

            @Column(name = "generation") long generation,
            @Column(name = "position") long position) {}
}
