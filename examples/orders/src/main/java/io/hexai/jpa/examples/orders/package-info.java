/**
 * An order desk on repositories, queries, aggregates that raise events and a projection of these; and what generated repositories of Jakarta Data do
 * inside a unit of work. Start reading at {@code Orders}.
 */
package io.hexai.jpa.examples.orders;
