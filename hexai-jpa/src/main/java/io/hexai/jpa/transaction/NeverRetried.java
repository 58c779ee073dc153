package io.hexai.jpa.transaction;

/**
 * Marks an exception that doing the work again cannot help, although its type would count as transient. Implement this to
 * keep a {@link RetryPolicy} from repeating the work: neither the policy's own set nor
 * {@link RetryPolicy#withRetryOn(java.util.function.Predicate)} applies to a failure with such an exception among its causes.
 */
public interface NeverRetried {}
