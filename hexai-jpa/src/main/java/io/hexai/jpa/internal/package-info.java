/** What packages of the library share and users never see: not exported by the module. Depends on no feature of it. */
@NullMarked
package io.hexai.jpa.internal;

import org.jspecify.annotations.NullMarked;
