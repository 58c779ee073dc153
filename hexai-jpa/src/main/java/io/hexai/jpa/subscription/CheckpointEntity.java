package io.hexai.jpa.subscription;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.ColumnDefault;
import org.jspecify.annotations.Nullable;

/** A row of {@code hexai__checkpoints}. Only the mapping is used: the rows are read and written by SQL. */
@Entity(name = "HexaiCheckpoint")
@Table(name = "hexai__checkpoints")
final class CheckpointEntity {

    @EmbeddedId
    @SuppressWarnings("UnusedVariable") // by Hibernate it is
    private @Nullable Id id;

    @Column(name = "position", nullable = false)
    private long position;

    @Column(name = "epoch", nullable = false)
    private long epoch;

    @ColumnDefault("now()")
    @Column(name = "updated_at", nullable = false)
    private @Nullable Instant updatedAt;

    CheckpointEntity() {}

    /** Which partition of which subscription. */
    @Embeddable
    record Id(
            @Column(name = "subscription", columnDefinition = "text")
            String subscription,

            @Column(name = "generation") long generation,
            @Column(name = "partition") int partition) {}
}
