package io.hexai.jpa.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a logger says on this thread while something runs. */
public final class LogLines {

    private LogLines() {}

    /** Returns lines such as {@code WARN the message}, with every level switched on. */
    public static List<String> of(Class<?> logger, Runnable code) {
        Logger log = (Logger) LoggerFactory.getLogger(logger);
        Level before = log.getLevel();
        String thread = Thread.currentThread().getName();
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        log.addAppender(appender);
        log.setLevel(Level.TRACE);
        try {
            code.run();
        } finally {
            log.setLevel(before);
            log.detachAppender(appender);
        }
        return List.copyOf(appender.list).stream()
                .filter(event -> event.getThreadName().equals(thread))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }
}
