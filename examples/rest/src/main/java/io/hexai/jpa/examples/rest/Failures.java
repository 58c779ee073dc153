package io.hexai.jpa.examples.rest;

import io.hexai.jpa.repository.StaleEditException;
import io.hexai.jpa.transaction.TransactionTimeoutException;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.OptimisticLockException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Set;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/** What the exceptions of the library, and of JPA, mean to a client. The unit of work has been rolled back by then. */
public final class Failures {

    /** To be registered with the application: JAX-RS takes the one of the nearest class. */
    static final Set<Class<?>> MAPPERS =
            Set.of(Missing.class, Stale.class, Conflict.class, Refused.class, TooLate.class);

    private Failures() {}

    /** There is no such thing. */
    public static final class Missing implements ExceptionMapper<EntityNotFoundException> {
        @Override
        public Response toResponse(EntityNotFoundException failure) {
            return response(Status.NOT_FOUND, failure);
        }
    }

    /** It was edited since the client has seen it: show it anew. */
    public static final class Stale implements ExceptionMapper<StaleEditException> {
        @Override
        public Response toResponse(StaleEditException failure) {
            return response(Status.PRECONDITION_FAILED, failure);
        }
    }

    /** Somebody else was faster; a VersionConflictException of the event store is one of these, too. */
    public static final class Conflict implements ExceptionMapper<OptimisticLockException> {
        @Override
        public Response toResponse(OptimisticLockException failure) {
            return response(Status.CONFLICT, failure);
        }
    }

    /** The database does not take it. Its message may quote values, so it does not go out. */
    public static final class Refused implements ExceptionMapper<ConstraintViolationException> {
        @Override
        public Response toResponse(ConstraintViolationException failure) {
            return text(Status.CONFLICT, "refused by " + failure.getConstraintName());
        }
    }

    /** Too much is going on: come back later. */
    public static final class TooLate implements ExceptionMapper<TransactionTimeoutException> {
        @Override
        public Response toResponse(TransactionTimeoutException failure) {
            return Response.fromResponse(response(Status.SERVICE_UNAVAILABLE, failure))
                    .header(HttpHeaders.RETRY_AFTER, 1)
                    .build();
        }
    }

    private static Response response(Status status, Exception failure) {
        return text(status, failure.getMessage());
    }

    private static Response text(Status status, @Nullable String message) {
        return Response.status(status)
                .type(MediaType.TEXT_PLAIN_TYPE)
                .entity(message)
                .build();
    }
}
