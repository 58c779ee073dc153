package io.hexai.jpa.event;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** The event table of a store that names no other: {@code hexai__events}, shared with the TypeScript library. */
@Entity
@Immutable
@Table(name = "hexai__events")
public final class HexaiEvent extends EventEntity {

    HexaiEvent() {}
}
