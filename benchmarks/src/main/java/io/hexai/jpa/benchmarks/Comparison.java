package io.hexai.jpa.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is compared, and what the library claims about it. Immutable; withers. */
record Comparison(
        String id,
        String title,
        String unit,
        List<String> contestants,
        int threads,
        int operations,
        Duration turn,
        int heapMegabytes,
        List<Claim> claims,
        List<Claim> guards,
        Contest.Opener opener) {

    private static final int USUAL_HEAP = 512;
    private static final String GUARD = "guard:";

    /** Returns a comparison on one thread, in turns of a second, of the named contestants. */
    static Comparison of(String id, String title, String unit, List<String> contestants, Contest.Opener opener) {
        return new Comparison(
                id, title, unit, contestants, 1, 1, Duration.ofSeconds(1), USUAL_HEAP, List.of(), List.of(), opener);
    }

    /** So many threads do a contestant's operation at the same time. */
    Comparison withThreads(int count) {
        return new Comparison(
                id, title, unit, contestants, count, operations, turn, heapMegabytes, claims, guards, opener);
    }

    /** One call of an operation counts as so many. */
    Comparison withOperations(int count) {
        return new Comparison(
                id, title, unit, contestants, threads, count, turn, heapMegabytes, claims, guards, opener);
    }

    /** A turn lasts so long; zero is for an operation of seconds, which is a turn by itself. */
    Comparison withTurn(Duration length) {
        return new Comparison(
                id, title, unit, contestants, threads, operations, length, heapMegabytes, claims, guards, opener);
    }

    Comparison withHeap(int megabytes) {
        return new Comparison(
                id, title, unit, contestants, threads, operations, turn, megabytes, claims, guards, opener);
    }

    Comparison claiming(Claim claim) {
        List<Claim> more = new ArrayList<>(claims);
        more.add(claim);
        return new Comparison(
                id,
                title,
                unit,
                contestants,
                threads,
                operations,
                turn,
                heapMegabytes,
                List.copyOf(more),
                guards,
                opener);
    }

    /** In the short run that guards against regressions, these claims count, and only their contestants take part. */
    Comparison guardedBy(Claim... generous) {
        return new Comparison(
                id,
                title,
                unit,
                contestants,
                threads,
                operations,
                turn,
                heapMegabytes,
                claims,
                List.of(generous),
                opener);
    }

    /** Returns the comparison that guards against regressions. */
    Comparison asGuard() {
        List<String> concerned = contestants.stream()
                .filter(name -> guards.stream()
                        .anyMatch(claim -> claim.contestant().equals(name)
                                || claim.against().contains(name)))
                .toList();
        return new Comparison(
                GUARD + id, title, unit, concerned, threads, operations, turn, heapMegabytes, guards, guards, opener);
    }

    boolean isGuard() {
        return id.startsWith(GUARD);
    }

    /** Whose turn it is: the order rotates from round to round. */
    String contestantAt(int turnNumber) {
        int count = contestants.size();
        int round = turnNumber / count;
        return contestants.get((turnNumber + round) % count);
    }
}
