/**
 * A desk that ships parcels, run as a module on the module path; what that takes stands in {@code module-info.java}. Start at
 * {@code ParcelDesk}.
 */
@NullMarked
package io.hexai.jpa.examples.modulepath;

import org.jspecify.annotations.NullMarked;
