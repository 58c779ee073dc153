package io.hexai.jpa.examples.rest;

import io.hexai.jpa.event.EventStore;
import io.hexai.jpa.event.ExpectedVersion;
import io.hexai.jpa.event.StreamId;
import io.hexai.jpa.repository.EntityRepository;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Repairs over HTTP: a request is a unit of work, and what leaves it as an exception becomes a status in {@link Failures}. */
@Singleton
@Path("repairs")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public final class RepairResource {

    private final UnitOfWork unitOfWork;
    private final EventStore events;
    private final EntityRepository<Repair, String> repairs;

    @Inject
    public RepairResource(UnitOfWork unitOfWork, EventStore events) {
        this.unitOfWork = unitOfWork;
        this.events = events;
        this.repairs = EntityRepository.of(unitOfWork, Repair.class, String.class);
    }

    @POST
    public Response accept(RepairDocument document) {
        unitOfWork.run(() -> {
            repairs.add(new Repair(document.id(), document.task()));
            events.append(
                    stream(document.id()), ExpectedVersion.any(), List.of(new RepairEvent.Accepted(document.task())));
        });
        return Response.created(URI.create("repairs/" + document.id())).build();
    }

    @GET
    @Path("{id}")
    public Response show(@PathParam("id") String id) {
        return unitOfWork.with(o -> o.withReadOnly(true)).call(() -> answer(repairs.get(id)));
    }

    // region edit
    /** Changes what the client has seen: if it is at another version since, the answer is 412. */
    @PUT
    @Path("{id}")
    public Response edit(
            @PathParam("id") String id,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable EntityTag seen,
            RepairDocument document) {
        unitOfWork.run(() -> repairs.get(id, version(seen)).changeTask(document.task()));
        return show(id);
    }
    // endregion

    // region work
    /** Adds to what is there, whatever it is: so a conflict is no news to the client, but another attempt. */
    @POST
    @Path("{id}/work")
    public Response work(@PathParam("id") String id, @QueryParam("minutes") int minutes) {
        unitOfWork
                .with(o -> o.withRetry(RetryPolicy.attempts(4)))
                .run(() -> repairs.get(id).work(minutes));
        return show(id);
    }
    // endregion

    /** Takes a note after those that the client has seen: if there are others, the answer is 409. */
    @POST
    @Path("{id}/notes")
    public int note(@PathParam("id") String id, @QueryParam("after") @DefaultValue("1") int after, String text) {
        events.append(stream(id), ExpectedVersion.exactly(after), List.of(new RepairEvent.NoteTaken(text)));
        return after + 1;
    }

    /** Who does not say what he has seen is not let at what he has not: 428. A tag that is none of ours matches nothing: 412. */
    private static Integer version(@Nullable EntityTag seen) {
        if (seen == null) {
            throw new ClientErrorException("If-Match is missing", Status.PRECONDITION_REQUIRED);
        }
        try {
            return Integer.valueOf(seen.getValue());
        } catch (NumberFormatException e) {
            throw new ClientErrorException("There is no such version", Status.PRECONDITION_FAILED, e);
        }
    }

    private static Response answer(Repair repair) {
        return Response.ok(repair.document())
                .tag(String.valueOf(repair.version()))
                .build();
    }

    private static StreamId stream(String id) {
        return StreamId.of("repair", id);
    }
}
