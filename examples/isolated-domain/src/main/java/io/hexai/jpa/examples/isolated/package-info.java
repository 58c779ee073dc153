/**
 * A domain model that knows nothing of persistence, and the two ways to store it all the same. Start reading at
 * {@code domain.Customer}, then {@code persistence.Customers} and {@code CustomerDesk}; {@code IsolatedDomain} is the
 * program.
 */
@NullMarked
package io.hexai.jpa.examples.isolated;

import org.jspecify.annotations.NullMarked;
