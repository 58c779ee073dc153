package io.hexai.jpa.event;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** The events of a second bounded context, in a table of their own. */
@Entity
@Immutable
@Table(name = "other_events")
class OtherContextEvent extends EventEntity {}
