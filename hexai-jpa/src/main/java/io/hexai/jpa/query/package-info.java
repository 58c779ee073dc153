/**
 * SQL with named parameters in the current unit of work, and its results as records, entities, maps and scalars.
 *
 * <p>Start reading at {@link io.hexai.jpa.query.Queries}. In the code, {@code SqlText} is what the parameters are found in,
 * {@code BoundSql} what is sent with which values, and {@code RecordMapper} what makes records of rows.
 */
@NullMarked
package io.hexai.jpa.query;

import org.jspecify.annotations.NullMarked;
