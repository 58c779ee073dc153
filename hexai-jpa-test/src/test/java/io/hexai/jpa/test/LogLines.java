package io.hexai.jpa.test;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a logger says while something runs on this thread. */
final class LogLines {

    private LogLines() {}

    static List<String> of(Class<?> logger, Level level, Runnable code) {
        Logger log = (Logger) LoggerFactory.getLogger(logger);
        Level before = log.getLevel();
        String thread = Thread.currentThread().getName();
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        log.addAppender(appender);
        log.setLevel(level);
        try {
            code.run();
        } finally {
            log.setLevel(before);
            log.detachAppender(appender);
        }
        return List.copyOf(appender.list).stream()
                .filter(event -> event.getThreadName().equals(thread))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
