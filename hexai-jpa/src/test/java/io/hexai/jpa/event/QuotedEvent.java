package io.hexai.jpa.event;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** An event table whose name has to be quoted. */
@Entity
@Immutable
@Table(name = "\"My-\"\"Events\"\" 'X'\"")
class QuotedEvent extends EventEntity {}
