/** The domain. It imports nothing but the JDK and JSpecify, which a test sees to. */
@NullMarked
package io.hexai.jpa.examples.isolated.domain;

import org.jspecify.annotations.NullMarked;
