package io.hexai.jpa.database;

import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.hibernate.boot.Metadata;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;

/**
 * Compares the mapping of a factory with a database that migrations have made, and tells every difference at once, where
 * Hibernate's own validation stops at the first: tables, columns, types, null, keys, indexes, sequences and their increment.
 *
 * <pre>{@code
 * SchemaCheck.of(entityManagerFactory).verify();   // in a test against a migrated database, or at the start
 * }</pre>
 *
 * <p>A difference is what can make a statement fail or lose data. A column may hold more than the mapping asks for
 * ({@code text} for {@code varchar(255)}, a wider number), and the database may have tables, columns, constraints and indexes
 * of its own, but no column that must have a value which the mapping does not give. Foreign keys and check constraints are
 * not compared. Writes nothing. Immutable and thread-safe.
 */
public final class SchemaCheck {

    private final SessionFactoryImplementor factory;
    private final Metadata model;

    private SchemaCheck(SessionFactoryImplementor factory) {
        this.factory = factory;
        this.model = SchemaModelIntegrator.modelOf(factory);
    }

    /**
     * Takes the mapping of a factory, whoever made it.
     *
     * @param factory an open factory of Hibernate's
     * @return the check
     * @throws IllegalStateException if the factory is closed, or was made without the library's integrators
     */
    public static SchemaCheck of(EntityManagerFactory factory) {
        return new SchemaCheck(factory.unwrap(SessionFactoryImplementor.class));
    }

    /**
     * Compares with the factory's own database.
     *
     * @return the differences by relation, none if the database fits
     * @throws DatabaseOperationException if the database cannot be asked
     */
    public List<SchemaDifference> differences() {
        JdbcConnectionAccess access = factory.getJdbcServices().getBootstrapJdbcConnectionAccess();
        try {
            Connection connection = access.obtainConnection();
            try {
                return compare(connection);
            } finally {
                access.releaseConnection(connection);
            }
        } catch (SQLException e) {
            throw new DatabaseOperationException("Comparing the schema", e);
        }
    }

    /**
     * Compares with another database.
     *
     * @param database the database
     * @return the differences by relation, none if the database fits
     * @throws DatabaseOperationException if the database cannot be asked
     */
    public List<SchemaDifference> differences(DataSource database) {
        try (Connection connection = database.getConnection()) {
            return compare(connection);
        } catch (SQLException e) {
            throw new DatabaseOperationException("Comparing the schema", e);
        }
    }

    /**
     * Fails if the factory's own database does not fit.
     *
     * @throws SchemaMismatchException if there is any difference; names all of them, one a line
     * @throws DatabaseOperationException if the database cannot be asked
     */
    public void verify() {
        List<SchemaDifference> differences = differences();
        if (!differences.isEmpty()) {
            throw new SchemaMismatchException(differences);
        }
    }

    private List<SchemaDifference> compare(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        try {
            return new SchemaComparison(model, factory.getSqlStringGenerationContext(), new SchemaCatalog(connection))
                    .differences();
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }
}
