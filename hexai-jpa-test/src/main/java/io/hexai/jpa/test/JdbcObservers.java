package io.hexai.jpa.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All that watch one database, as one. */
final class JdbcObservers implements JdbcObserver {

    private final List<JdbcObserver> observers = new CopyOnWriteArrayList<>();

    void add(JdbcObserver observer) {
        observers.add(observer);
    }

    void remove(JdbcObserver observer) {
        observers.remove(observer);
    }

    @Override
    public void beforeStatement(Connection physical, String prelude, ExecutedStatement statement) throws SQLException {
        for (JdbcObserver observer : observers) {
            observer.beforeStatement(physical, prelude, statement);
        }
    }

    @Override
    public void afterStatement(Connection physical, boolean succeeded) throws SQLException {
        for (JdbcObserver observer : observers) {
            observer.afterStatement(physical, succeeded);
        }
    }

    @Override
    public void beforeCommit(Connection physical) throws SQLException {
        for (JdbcObserver observer : observers) {
            observer.beforeCommit(physical);
        }
    }

    @Override
    public void afterCommit(Connection physical) throws SQLException {
        for (JdbcObserver observer : observers) {
            observer.afterCommit(physical);
        }
    }

    @Override
    public void beforeRollback() {
        observers.forEach(JdbcObserver::beforeRollback);
    }
}
