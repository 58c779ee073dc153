/**
 * What several features share and no user sees: not exported by the module.
 *
 * <p>Start reading at {@link io.hexai.jpa.internal.OncePerFactory}.
 */
@NullMarked
package io.hexai.jpa.internal;

import org.jspecify.annotations.NullMarked;
