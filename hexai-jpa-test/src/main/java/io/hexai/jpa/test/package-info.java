/** JUnit extensions and test doubles: a real PostgreSQL for a test, and what makes it misbehave on purpose. */
@NullMarked
package io.hexai.jpa.test;

import org.jspecify.annotations.NullMarked;
