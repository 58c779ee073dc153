/**
 * An example: a Jakarta REST application whose resources open units of work, beside a factory made from {@code
 * persistence.xml}. Start at {@link io.hexai.jpa.examples.rest.RepairResource}.
 */
@NullMarked
package io.hexai.jpa.examples.rest;

import org.jspecify.annotations.NullMarked;
