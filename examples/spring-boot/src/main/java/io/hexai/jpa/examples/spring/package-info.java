/**
 * A Spring Boot application with Spring Data repositories and {@code @Transactional} services, and beside them a unit of work, an
 * event store and a subscription, all over Spring Boot's own entity manager factory. Start reading at {@code BoxOffice}.
 */
@NullMarked
package io.hexai.jpa.examples.spring;

import org.jspecify.annotations.NullMarked;
