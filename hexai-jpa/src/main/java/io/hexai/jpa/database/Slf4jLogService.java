package io.hexai.jpa.database;

import java.util.logging.Level;
import liquibase.logging.Logger;
import liquibase.logging.core.AbstractLogService;
import liquibase.logging.core.AbstractLogger;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sends Liquibase's log to SLF4J. What it calls information is detail here, and so is what it calls severe: a run throws that
 * as well.
 */
final class Slf4jLogService extends AbstractLogService {

    @Override
    public int getPriority() {
        return PRIORITY_NOT_APPLICABLE;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Logger getLog(Class type) {
        return new Slf4jLogger(LoggerFactory.getLogger(type));
    }

    private static final class Slf4jLogger extends AbstractLogger {

        private final org.slf4j.Logger log;

        private Slf4jLogger(org.slf4j.Logger log) {
            this.log = log;
        }

        @Override
        public void close() {}

        @Override
        public void log(Level level, String message, @Nullable Throwable failure) {
            if (level.intValue() == Level.WARNING.intValue()) {
                log.warn(message);
                log.debug("The cause of this warning", failure);
            } else if (level.intValue() >= Level.INFO.intValue()) {
                log.debug(message, failure);
            } else {
                log.trace(message, failure);
            }
        }
    }
}
