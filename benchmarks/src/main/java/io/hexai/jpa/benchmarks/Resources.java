package io.hexai.jpa.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/** Tells JMH what an operation costs besides time: processor time of this process and of the server, and round trips. */
public final class Resources implements InternalProfiler {

    static final String CLIENT = "processor.client";
    static final String SERVER = "processor.server";
    static final String ROUND_TRIPS = "roundtrips";
    static final String TIMED = "timed";
    static final String RETAINED = "retained";

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private long client;
    private long server;
    private long roundTrips;

    @Override
    public String getDescription() {
        return "Processor time of client and server, and round trips";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        server = ServerTime.nanos();
        roundTrips = CountingSockets.roundTrips();
        client = SYSTEM.getProcessCpuTime();
        Findings.takeTimed();
        Findings.takeRetained();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double operations = Math.max(1, result.getMetadata().getAllOps());
        long usedByClient = SYSTEM.getProcessCpuTime() - client;
        long made = CountingSockets.roundTrips() - roundTrips;
        return List.of(
                new ScalarResult(CLIENT, usedByClient / operations / 1e3, "us/op", AggregationPolicy.AVG),
                new ScalarResult(
                        SERVER, (ServerTime.nanos() - server) / operations / 1e3, "us/op", AggregationPolicy.AVG),
                new ScalarResult(ROUND_TRIPS, made / operations, "/op", AggregationPolicy.AVG),
                new ScalarResult(TIMED, Findings.takeTimed() / operations / 1e9, "s/op", AggregationPolicy.AVG),
                new ScalarResult(RETAINED, Findings.takeRetained() / operations, "B/op", AggregationPolicy.AVG));
    }
}
