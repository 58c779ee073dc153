/**
 * An order desk on repositories, queries and aggregates that raise events; and what generated repositories of Jakarta Data do
 * inside a unit of work. Start reading at {@code Orders}.
 */
package io.hexai.jpa.examples.orders;
