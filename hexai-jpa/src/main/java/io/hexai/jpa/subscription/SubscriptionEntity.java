package io.hexai.jpa.subscription;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.ColumnDefault;
import org.jspecify.annotations.Nullable;

/** A row of {@code hexai__subscriptions}. Only the mapping is used: the rows are read and written by SQL. */
@Entity(name = "HexaiSubscription")
@Table(name = "hexai__subscriptions")
final class SubscriptionEntity {

    @Id
    @Column(name = "name", columnDefinition = "text")
    private @Nullable String name;

    @Column(
            name = "id",
            nullable = false,
            unique = true,
            insertable = false,
            updatable = false,
            columnDefinition = "integer generated always as identity")
    private int id;

    @Column(name = "event_table", nullable = false, columnDefinition = "text")
    private @Nullable String eventTable;

    @Column(name = "start_position", nullable = false)
    private long startPosition;

    @Column(name = "version", nullable = false)
    private int version;

    @Column(name = "partitions", nullable = false)
    private int partitions;

    @ColumnDefault("1")
    @Column(name = "generation", nullable = false)
    private long generation;

    @Column(name = "owner", columnDefinition = "text")
    private @Nullable String owner;

    @ColumnDefault("0")
    @Column(name = "epoch", nullable = false)
    private long epoch;

    @Column(name = "lease_until")
    private @Nullable Instant leaseUntil;

    @ColumnDefault("false")
    @Column(name = "paused", nullable = false)
    private boolean paused;

    @Column(name = "failed_at")
    private @Nullable Instant failedAt;

    @Column(name = "failed_position")
    private @Nullable Long failedPosition;

    @Column(name = "failed_type", columnDefinition = "text")
    private @Nullable String failedType;

    @Column(name = "failed_attempts")
    private @Nullable Integer failedAttempts;

    @Column(name = "failure", columnDefinition = "text")
    private @Nullable String failure;

    @ColumnDefault("false")
    @Column(name = "broken", nullable = false)
    private boolean broken;

    @Column(name = "rebuild_requested_at")
    private @Nullable Instant rebuildRequestedAt;

    @Column(name = "rebuild_failure", columnDefinition = "text")
    private @Nullable String rebuildFailure;

    SubscriptionEntity() {}
}
