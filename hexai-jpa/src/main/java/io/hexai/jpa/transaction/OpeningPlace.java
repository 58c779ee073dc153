package io.hexai.jpa.transaction;

import java.lang.StackWalker.StackFrame;
import java.util.Arrays;
import java.util.Set;

/** Where a scope was opened: the frames that tell, since a whole stack trace would be most of what an open scope keeps in memory. */
final class OpeningPlace {

    private static final int FRAMES = 4;
    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final Set<String> OWN = Set.of(
            OpeningPlace.class.getName(),
            Scope.class.getName(),
            JpaUnitOfWork.class.getName(),
            OwnRootScope.class.getName());

    private final StackFrame[] frames;

    private OpeningPlace(StackFrame[] frames) {
        this.frames = frames;
    }

    static OpeningPlace here() {
        return new OpeningPlace(WALKER.walk(stack -> stack.dropWhile(frame -> OWN.contains(frame.getClassName()))
                .limit(FRAMES)
                .toArray(StackFrame[]::new)));
    }

    /** Returns what an exception can have as its cause. */
    Throwable asThrowable() {
        Throwable place = new Throwable("The scope was opened here");
        place.setStackTrace(
                Arrays.stream(frames).map(StackFrame::toStackTraceElement).toArray(StackTraceElement[]::new));
        return place;
    }
}
