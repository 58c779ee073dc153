package io.hexai.jpa.transaction.fidelity;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.UnitOfWork;
import io.hexai.jpa.transaction.fidelity.Model.Club;
import io.hexai.jpa.transaction.fidelity.Model.Customer;
import io.hexai.jpa.transaction.fidelity.Model.Purchase;
import io.hexai.jpa.transaction.fidelity.Model.Remark;
import io.hexai.jpa.transaction.fidelity.Program.Joined;
import io.hexai.jpa.transaction.fidelity.Program.Nested;
import io.hexai.jpa.transaction.fidelity.Program.Run;
import io.hexai.jpa.transaction.fidelity.Program.Step;
import jakarta.persistence.EntityManager;
import jakarta.persistence.OptimisticLockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.hibernate.StaleStateException;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.exception.ConstraintViolationException;

/** One run of a program; scopes named in {@code replaced} become a flush. */
final class Execution implements Operation.Context {

    private static final RetryPolicy ONCE_AGAIN =
            RetryPolicy.attempts(2).withBackoff(Duration.ZERO, Duration.ZERO).withRetryOn(Repeatable.class::isInstance);

    private final Fixture fixture;
    private final UnitOfWork unitOfWork;
    private final Program program;
    private final Set<Integer> replaced;
    private final boolean failFirst;
    private final Set<Integer> failed = new HashSet<>();
    private final List<String> complaints = new ArrayList<>();
    private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<String, Object> held = new LinkedHashMap<>();
    private final List<Remark> remarks =
            List.of(new Remark("remark-0"), new Remark("remark-1"), new Remark("remark-2"), new Remark("remark-3"));
    private final List<Long> customers;
    private final List<Long> purchases;
    private final List<Long> clubs;

    private Map<String, String> memory = new TreeMap<>();
    private List<String> lastStatements = List.of();
    private int managed;
    private String failure = "none";
    private RuntimeException trace;

    /** Runs it as it is; first attempts of repeated scopes fail. */
    static Result ofNested(Fixture fixture, UnitOfWork unitOfWork, Program program) {
        return new Execution(fixture, unitOfWork, program, Set.of(), true).execute();
    }

    /** Runs it with a flush in place of each scope that failed, and of each first attempt. */
    static Result ofFlushed(Fixture fixture, UnitOfWork unitOfWork, Program program, Set<Integer> failed) {
        return new Execution(fixture, unitOfWork, program, failed, false).execute();
    }

    private Execution(
            Fixture fixture, UnitOfWork unitOfWork, Program program, Set<Integer> replaced, boolean failFirst) {
        this.fixture = fixture;
        this.unitOfWork = unitOfWork;
        this.program = program;
        this.replaced = replaced;
        this.failFirst = failFirst;
        this.customers = ids(Fixture.CUSTOMERS, Operation.PERSIST_CUSTOMER);
        this.purchases = ids(Fixture.PURCHASES, Operation.PERSIST_PURCHASE);
        this.clubs = ids(Fixture.CLUBS, Operation.PERSIST_CLUB);
    }

    /** What can be told about a run from outside. */
    record Result(
            String failure,
            Map<String, String> memory,
            int managed,
            List<String> lastStatements,
            List<String> rows,
            Set<Integer> failed,
            List<String> complaints,
            RuntimeException trace) {}

    private Result execute() {
        fixture.reset();
        fixture.statements().forget();
        try {
            unitOfWork.run(em -> {
                run(program.steps());
                memory = Dump.of(em, held);
                managed = em.unwrap(SessionImplementor.class)
                        .getPersistenceContextInternal()
                        .getNumberOfManagedEntities();
                int before = fixture.statements().count();
                em.flush();
                lastStatements =
                        fixture.statements().since(before).stream().sorted().toList();
                memory.putAll(Dump.ofAll(em));
            });
        } catch (RuntimeException e) {
            failure = "rolled back by " + e + " caused by " + e.getCause();
            trace = e;
        }
        return new Result(failure, memory, managed, lastStatements, fixture.rows(), failed, complaints, trace);
    }

    private void run(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Run run) {
                run.operation().run(this, run.number(), run.fresh());
            } else if (step instanceof Joined joined) {
                unitOfWork.run(() -> run(joined.steps()));
            } else if (step instanceof Nested nested) {
                if (replaced.contains(nested.id())) {
                    flush();
                } else {
                    run(nested);
                }
            }
        }
    }

    /** As a nested scope flushes on entry: a failure is the outer scope's, and the caller has caught it. */
    private void flush() {
        try {
            em().flush();
        } catch (RuntimeException e) {
            failure = "flush on entry failed";
        }
    }

    private void run(Nested nested) {
        Map<String, Object> heldBefore = new LinkedHashMap<>(held);
        try {
            UnitOfWork inner = unitOfWork.with(o -> o.withPropagation(Propagation.NESTED)
                    .withRetry(nested.repeated() ? ONCE_AGAIN : RetryPolicy.none()));
            inner.run(() -> {
                forgetAllSince(heldBefore);
                run(nested.steps());
                if (nested.fails()) {
                    throw new Intended();
                }
                if (nested.repeated() && failFirst && unitOfWork.current().attempt() == 1) {
                    throw new Repeatable();
                }
            });
        } catch (RuntimeException e) {
            failed.add(nested.id());
            forgetAllSince(heldBefore);
            complainOfFailedRollback(nested, e);
            seen.add(e);
            if (nested.flushesAfter() && !em().getTransaction().getRollbackOnly()) {
                requireFlushWithoutStatements(nested);
            }
        }
    }

    /** It would go unnoticed where the scope around fails as well. */
    private void complainOfFailedRollback(Nested nested, Throwable failure) {
        for (Throwable suppressed : failure.getSuppressed()) {
            if (suppressed instanceof Repeatable
                    || suppressed instanceof OptimisticLockException
                    || seen.contains(suppressed)) {
                complainOfFailedRollback(nested, suppressed);
            } else if (!isHibernatesOwn(suppressed, failure)) {
                complaints.add("rolling back scope " + nested.id() + " failed with " + suppressed);
            }
        }
    }

    /** Hibernate 7.4.13 also says of an insert that violated a unique constraint that it had no row count. */
    private static boolean isHibernatesOwn(Throwable suppressed, Throwable failure) {
        return suppressed instanceof StaleStateException && failure instanceof ConstraintViolationException;
    }

    /** What becomes of objects that were transient, or not there at all, is up to the program. */
    private void forgetAllSince(Map<String, Object> heldBefore) {
        held.clear();
        held.putAll(heldBefore);
        remarks.stream().filter(remark -> remark.id == null).forEach(remark -> remark.replies.clear());
    }

    private void requireFlushWithoutStatements(Nested nested) {
        int before = fixture.statements().count();
        em().flush();
        List<String> sent = fixture.statements().since(before);
        if (!sent.isEmpty()) {
            complaints.add("after scope " + nested.id() + " the next flush sent " + sent);
        }
    }

    private List<Long> ids(int seeded, Operation kind) {
        List<Long> ids = new ArrayList<>();
        for (long id = 1; id <= seeded; id++) {
            ids.add(id);
        }
        collectIds(program.steps(), kind, ids);
        return ids;
    }

    private static void collectIds(List<Step> steps, Operation kind, List<Long> into) {
        for (Step step : steps) {
            if (step instanceof Run run && run.operation() == kind) {
                into.add(run.fresh());
            } else if (step instanceof Nested nested) {
                collectIds(nested.steps(), kind, into);
            } else if (step instanceof Joined joined) {
                collectIds(joined.steps(), kind, into);
            }
        }
    }

    @Override
    public EntityManager em() {
        return unitOfWork.entityManager();
    }

    @Override
    public void hold(Object entity) {
        held.put(Dump.name(entity), entity);
    }

    /** Only to what was not removed: for the rest, Hibernate's answer depends on whether it happens to know a proxy. */
    @Override
    public void referTo(int number, long fresh) {
        long id = customers.get(number % customers.size());
        if (id == 1 || id > fresh) {
            em().getReference(Customer.class, id);
        }
    }

    @Override
    public void remark(int number, Consumer<Remark> action) {
        action.accept(remarks.get(number % remarks.size()));
    }

    @Override
    public void apart(Consumer<EntityManager> action) {
        unitOfWork.with(Propagation.NEW).run(em -> {
            action.accept(em);
            try {
                unitOfWork.with(Propagation.NESTED).run(() -> {
                    action.accept(em);
                    throw new Intended();
                });
            } catch (Intended e) {
                em.flush();
            }
        });
    }

    @Override
    public void customer(int number, Consumer<Customer> action) {
        find(Customer.class, customers.get(number % customers.size()), action);
    }

    @Override
    public void purchase(int number, Consumer<Purchase> action) {
        find(Purchase.class, purchases.get(number % purchases.size()), action);
    }

    @Override
    public void club(int number, Consumer<Club> action) {
        find(Club.class, clubs.get(number % clubs.size()), action);
    }

    private <T> void find(Class<T> type, long id, Consumer<T> action) {
        T found = em().find(type, id);
        if (found != null) {
            @SuppressWarnings("unchecked") // an instance of the type, or of a proxy of it
            T entity = (T) org.hibernate.Hibernate.unproxy(found);
            hold(entity);
            action.accept(entity);
        }
    }

    /** Makes the first attempt at a nested scope fail. */
    private static final class Repeatable extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Makes a nested scope fail without a failure of the database. */
    private static final class Intended extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
