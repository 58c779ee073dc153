package io.hexai.jpa.examples.quickstart;

import java.io.Console;
import java.time.Duration;
import java.util.function.Consumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far the file is read: as a bar on a terminal, and in a log as a line now and then. */
final class Progress implements AutoCloseable {

    private static final int LINE_LENGTH = 80;

    private final ProgressBar bar;

    private Progress(ProgressBar bar) {
        this.bar = bar;
    }

    static Progress of(long bytes) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName("Orders")
                .setInitialMax(bytes)
                .setUnit(" KB", 1_000);
        return new Progress((isTerminal() ? onTerminal(builder) : inLog(builder)).build());
    }

    private static ProgressBarBuilder onTerminal(ProgressBarBuilder builder) {
        return builder.setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .clearDisplayOnFinish();
    }

    private static ProgressBarBuilder inLog(ProgressBarBuilder builder) {
        return builder.setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new DelegatingProgressBarConsumer(new NowAndThen(System.err::println), LINE_LENGTH));
    }

    /** A newer JDK has a console even where there is no terminal, and tells so by a method that JDK 17 lacks. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    void advance(long bytes) {
        bar.stepBy(bytes);
    }

    @Override
    public void close() {
        bar.close();
    }

    /** Passes few lines on, and none of those at the start and at the end of a short import. */
    private static final class NowAndThen implements Consumer<String> {

        private static final long NANOS_BETWEEN = Duration.ofSeconds(10).toNanos();

        private final Consumer<String> log;
        private long lastAt = System.nanoTime();

        NowAndThen(Consumer<String> log) {
            this.log = log;
        }

        @Override
        public void accept(String line) {
            long now = System.nanoTime();
            if (now - lastAt >= NANOS_BETWEEN) {
                lastAt = now;
                log.accept(line);
            }
        }
    }
}
