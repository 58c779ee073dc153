/**
 * What an entity's mapping can say beyond Jakarta Persistence: times of creation and change kept by the library, and
 * encrypted attributes.
 *
 * <p>Start reading at {@link io.hexai.jpa.mapping.Timestamps} and {@link
 * io.hexai.jpa.mapping.Encrypted}.
 */
@NullMarked
package io.hexai.jpa.mapping;

import org.jspecify.annotations.NullMarked;
