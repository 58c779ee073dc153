package io.hexai.jpa.examples.orders;

import io.hexai.jpa.query.Queries;
import io.hexai.jpa.query.SqlQuery;
import io.hexai.jpa.transaction.UnitOfWork;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What is asked in SQL. */
final class OrderReports {

    private final SqlQuery turnover;

    OrderReports(UnitOfWork unitOfWork) {
        turnover = Queries.of(unitOfWork).sql("""
                        SELECT o.customer, count(DISTINCT o.id) AS orders, sum(l.cents)::bigint AS cents,
                               max(o.updated_at) FILTER (WHERE o.status = 'PAID') AS last_paid_at
                        FROM purchase_order o JOIN purchase_order_lines l ON l.purchase_order_id = o.id
                        WHERE o.status IN (:statuses)
                        GROUP BY o.customer ORDER BY o.customer
                        """).named("turnover");
    }

    List<Turnover> turnover(Collection<OrderStatus> statuses) {
        return turnover.param("statuses", statuses).list(Turnover.class);
    }

    /** What a customer ordered. */
    record Turnover(String customer, int orders, long cents, Optional<Instant> lastPaidAt) {}
}
