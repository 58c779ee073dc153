package io.hexai.jpa.event;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** An event table in a schema that is not on the search path. */
@Entity
@Immutable
@Table(schema = "billing", name = "\"Events\"")
class BillingEvent extends EventEntity {}
