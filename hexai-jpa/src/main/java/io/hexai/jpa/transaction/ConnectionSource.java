package io.hexai.jpa.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.spi.SessionFactoryImplementor;

/** Where the physical connections of a unit of work come from and go back to. */
interface ConnectionSource {

    Connection acquire() throws SQLException;

    void release(Connection connection) throws SQLException;

    /** Takes the connections from where the factory itself takes them, whoever configured it. */
    static ConnectionSource of(SessionFactoryImplementor factory) {
        ConnectionProvider provider = factory.getServiceRegistry().requireService(ConnectionProvider.class);
        return new ConnectionSource() {
            @Override
            public Connection acquire() throws SQLException {
                return provider.getConnection();
            }

            @Override
            public void release(Connection connection) throws SQLException {
                provider.closeConnection(connection);
            }
        };
    }
}
