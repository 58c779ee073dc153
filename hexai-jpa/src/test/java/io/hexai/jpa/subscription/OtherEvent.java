package io.hexai.jpa.subscription;

import io.hexai.jpa.event.EventEntity;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** The event table of another bounded context. */
@Entity
@Immutable
@Table(name = "other_events")
class OtherEvent extends EventEntity {}
