/**
 * Units of work and Spring's transactions in one persistence context, and what Spring Boot configures by itself.
 *
 * <p>Start reading at {@link io.hexai.jpa.spring.SpringTransactions}. {@code SpringTransaction} is one of Spring's that scopes
 * join, {@code ShownTransaction} one of a unit of work that Spring's code takes part in.
 */
@NullMarked
package io.hexai.jpa.spring;

import org.jspecify.annotations.NullMarked;
