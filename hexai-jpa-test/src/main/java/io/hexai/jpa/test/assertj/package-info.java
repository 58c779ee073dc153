/**
 * Assertions about events, for those who use AssertJ. Start with {@link io.hexai.jpa.test.assertj.HexaiAssertions}; it needs
 * {@code org.assertj:assertj-core}, which the module does not bring.
 */
@NullMarked
package io.hexai.jpa.test.assertj;

import org.jspecify.annotations.NullMarked;
