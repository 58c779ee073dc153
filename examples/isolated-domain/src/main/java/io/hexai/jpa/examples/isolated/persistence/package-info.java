/** How the domain is stored: rows as entities, and the repository that maps them. The domain does not know this package. */
@NullMarked
package io.hexai.jpa.examples.isolated.persistence;

import org.jspecify.annotations.NullMarked;
