package io.hexai.jpa.event;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** An event table that is parted by its positions. */
@Entity
@Immutable
@Table(name = "order_log")
class OrderLogEvent extends EventEntity {}
