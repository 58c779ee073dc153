package io.hexai.jpa.benchmarks;

import io.hexai.jpa.event.EventMessage;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** The ways to insert events by JDBC, with the same JSON, in a transaction each. A reader may miss events so written. */
final class EventInserts {

    private static final String COLUMNS = "hexai__events (position, message_type, headers, payload)";
    private static final String NEXT = "nextval('hexai__events_position_seq')";
    private static final String VALUES = "INSERT INTO " + COLUMNS + " VALUES (" + NEXT + ", ?, ?::jsonb, ?::jsonb)";

    private EventInserts() {}

    /** A message as it is stored. */
    private record Row(String type, String headers, String payload) {

        static Row of(OrderPlaced event) {
            EventMessage message = EventMessage.of(event);
            return new Row(
                    message.type(),
                    EventDatabase.MAPPER.writeValueAsString(message.headers()),
                    EventDatabase.MAPPER.writeValueAsString(message.payload()));
        }

        void bindTo(PreparedStatement insert) throws SQLException {
            insert.setString(1, type);
            insert.setString(2, headers);
            insert.setString(3, payload);
        }
    }

    private interface Work<R> {
        R on(Connection connection) throws Exception;
    }

    private static <R> R inTransaction(DataSource pool, Work<R> work) throws Exception {
        try (Connection connection = pool.getConnection()) {
            R result = work.on(connection);
            connection.commit();
            return result;
        }
    }

    static long one(DataSource pool, OrderPlaced event) throws Exception {
        Row row = Row.of(event);
        return inTransaction(pool, connection -> {
            try (PreparedStatement insert = connection.prepareStatement(VALUES + " RETURNING position")) {
                row.bindTo(insert);
                try (ResultSet position = insert.executeQuery()) {
                    position.next();
                    return position.getLong(1);
                }
            }
        });
    }

    /** Positions are not told, since a batch that returns them is not rewritten to statements of many rows. */
    static int batch(DataSource pool, List<OrderPlaced> events) throws Exception {
        return inTransaction(pool, connection -> {
            try (PreparedStatement insert = connection.prepareStatement(VALUES)) {
                for (OrderPlaced event : events) {
                    Row.of(event).bindTo(insert);
                    insert.addBatch();
                }
                return insert.executeBatch().length;
            }
        });
    }

    static long[] unnest(DataSource pool, List<OrderPlaced> events) throws Exception {
        String[] types = new String[events.size()];
        String[] headers = new String[events.size()];
        String[] payloads = new String[events.size()];
        for (int i = 0; i < types.length; i++) {
            Row row = Row.of(events.get(i));
            types[i] = row.type;
            headers[i] = row.headers;
            payloads[i] = row.payload;
        }
        String sql = "INSERT INTO " + COLUMNS + " SELECT " + NEXT
                + ", t, h::jsonb, p::jsonb FROM unnest(?::text[], ?::text[], ?::text[]) AS e (t, h, p) RETURNING position";
        return inTransaction(pool, connection -> {
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                insert.setArray(1, connection.createArrayOf("text", types));
                insert.setArray(2, connection.createArrayOf("text", headers));
                insert.setArray(3, connection.createArrayOf("text", payloads));
                return positions(insert, types.length);
            }
        });
    }

    private static long[] positions(PreparedStatement query, int count) throws SQLException {
        long[] positions = new long[count];
        try (ResultSet rows = query.executeQuery()) {
            for (int i = 0; rows.next(); i++) {
                positions[i] = rows.getLong(1);
            }
        }
        return positions;
    }

    /** It knows no functions, so that the positions are drawn before. */
    static long[] copy(DataSource pool, List<OrderPlaced> events) throws Exception {
        return inTransaction(pool, connection -> {
            long[] positions;
            try (PreparedStatement draw =
                    connection.prepareStatement("SELECT " + NEXT + " FROM generate_series(1, ?)")) {
                draw.setInt(1, events.size());
                positions = positions(draw, events.size());
            }
            StringBuilder lines = new StringBuilder(events.size() * 300);
            for (int i = 0; i < positions.length; i++) {
                Row row = Row.of(events.get(i));
                lines.append(positions[i]).append('\t').append(row.type);
                lines.append('\t').append(escaped(row.headers)).append('\t').append(escaped(row.payload));
                lines.append('\n');
            }
            byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
            CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY " + COLUMNS + " FROM STDIN");
            copy.writeToCopy(bytes, 0, bytes.length);
            copy.endCopy();
            return positions;
        });
    }

    /** JSON has no tabs or line breaks of its own. */
    private static String escaped(String json) {
        return json.indexOf('\\') < 0 ? json : json.replace("\\", "\\\\");
    }
}
