package io.hexai.jpa.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands between driver and server, reads PostgreSQL's protocol, counts its round trips, and loses the connection around
 * COMMIT as a test asks for it. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    private static final Pattern URL = Pattern.compile("jdbc:postgresql://([^:/]+):(\\d+)/([^?]*)\\?(.*)");

    private final ServerSocket listening;
    private final String host;
    private final int port;
    private final String database;
    private final String parameters;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final List<Socket> held = new CopyOnWriteArrayList<>();
    private final AtomicInteger roundTrips = new AtomicInteger();
    private volatile Supplier<Fate> fates = () -> Fate.FORWARDED;
    private volatile boolean refusing;
    private volatile boolean silent;

    /** What becomes of a COMMIT. */
    public enum Fate {
        FORWARDED,
        /** The server never gets it, and sees its client go. */
        LOST_BEFORE,
        /** The server does it, and its answer is lost. */
        ANSWER_LOST,
        /** The server never gets it, and sees nothing of its client's end until the proxy is closed. */
        LEFT_OPEN,
        /** As {@link #ANSWER_LOST}, and from then on nobody can connect. */
        UNREACHABLE
    }

    private TcpProxy(String jdbcUrl) throws IOException {
        Matcher url = URL.matcher(jdbcUrl);
        if (!url.matches()) {
            throw new IllegalArgumentException("Expected jdbc:postgresql://host:port/database?parameters");
        }
        host = url.group(1);
        port = Integer.parseInt(url.group(2));
        database = url.group(3);
        parameters = url.group(4);
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    /** Starts a proxy before the server of a JDBC URL. */
    public static TcpProxy before(String jdbcUrl) {
        try {
            return new TcpProxy(jdbcUrl);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The URL by which to connect through this proxy. */
    public String jdbcUrl() {
        return "jdbc:postgresql://localhost:" + listening.getLocalPort() + "/" + database
                + "?sslmode=disable&gssEncMode=disable&" + parameters;
    }

    /** Decides about the next COMMIT, and only that. */
    public void nextCommit(Fate fate) {
        AtomicInteger left = new AtomicInteger(1);
        everyCommit(() -> left.getAndDecrement() > 0 ? fate : Fate.FORWARDED);
    }

    /** Decides about each COMMIT from now on. */
    public void everyCommit(Supplier<Fate> newFates) {
        fates = newFates;
    }

    /** From now on nothing comes through either way, and nobody is told, as if the server had lost its power. */
    public void fallSilent() {
        silent = true;
    }

    /** How often somebody waited for the server, since the last call. */
    public int roundTrips() {
        return roundTrips.getAndSet(0);
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            if (refusing) {
                client.close();
            } else {
                start("connect", () -> connect(client));
            }
        }
    }

    private void connect(Socket client) throws IOException {
        try {
            Link link = new Link(client, new Socket(host, port));
            links.add(link);
            start("to the server", link::toServer);
            start("to the client", link::toClient);
        } catch (IOException e) {
            client.close();
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // One of the ends has closed.
                    }
                },
                "proxy " + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket each : held) {
                each.close();
            }
            for (Link each : links) {
                each.cut();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class Link {
        private final Socket client;
        private final Socket server;
        private final Set<String> commitStatements = new HashSet<>();
        private final CountDownLatch answered = new CountDownLatch(1);
        private volatile boolean keepAnswers;

        Link(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void toServer() throws IOException {
            try {
                DataInputStream in = new DataInputStream(client.getInputStream());
                OutputStream out = server.getOutputStream();
                out.write(frame(in, -1));
                ByteArrayOutputStream request = new ByteArrayOutputStream();
                boolean isCommit = false;
                while (true) {
                    int type = in.readUnsignedByte();
                    byte[] frame = frame(in, type);
                    isCommit |= isCommit(type, frame);
                    request.write(frame);
                    if ("BCDEFP".indexOf(type) < 0) {
                        roundTrips.addAndGet(isBegin(type, frame) ? 0 : 1);
                        if (!forward(request.toByteArray(), isCommit ? fates.get() : Fate.FORWARDED, out)) {
                            return;
                        }
                        request.reset();
                        isCommit = false;
                    }
                }
            } finally {
                if (!silent && !held.contains(server)) {
                    cut();
                }
            }
        }

        private boolean forward(byte[] request, Fate fate, OutputStream out) throws IOException {
            switch (fate) {
                case FORWARDED -> {
                    if (!silent) {
                        out.write(request);
                    }
                    return true;
                }
                case LOST_BEFORE -> cut();
                case LEFT_OPEN -> {
                    held.add(server);
                    client.close();
                }
                case ANSWER_LOST, UNREACHABLE -> {
                    keepAnswers = true;
                    refusing = fate == Fate.UNREACHABLE;
                    out.write(request);
                    try {
                        answered.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    cut();
                }
            }
            return false;
        }

        /** The driver does not wait for the answer to BEGIN before it sends what follows. */
        private static boolean isBegin(int type, byte[] frame) {
            return type == 'Q' && texts(frame, 1).get(0).startsWith("BEGIN");
        }

        /** The driver sends COMMIT as a statement that it may have prepared before. */
        private boolean isCommit(int type, byte[] frame) {
            if (type == 'P') {
                List<String> texts = texts(frame, 2);
                if (texts.get(1).equalsIgnoreCase("COMMIT")) {
                    commitStatements.add(texts.get(0));
                } else {
                    commitStatements.remove(texts.get(0));
                }
            }
            return type == 'B' && commitStatements.contains(texts(frame, 2).get(1))
                    || type == 'Q' && texts(frame, 1).get(0).equalsIgnoreCase("COMMIT");
        }

        private static List<String> texts(byte[] frame, int count) {
            List<String> texts = new ArrayList<>(count);
            int from = 5;
            for (int i = 0; i < count; i++) {
                int to = from;
                while (frame[to] != 0) {
                    to++;
                }
                texts.add(new String(frame, from, to - from, StandardCharsets.UTF_8));
                from = to + 1;
            }
            return texts;
        }

        void toClient() throws IOException {
            try {
                DataInputStream in = new DataInputStream(server.getInputStream());
                OutputStream out = client.getOutputStream();
                while (true) {
                    int type = in.readUnsignedByte();
                    byte[] frame = frame(in, type);
                    if (!keepAnswers && !silent) {
                        out.write(frame);
                    }
                    if (type == 'Z' && keepAnswers) {
                        answered.countDown();
                    }
                }
            } finally {
                answered.countDown();
                if (!silent && !held.contains(server)) {
                    cut();
                }
            }
        }

        private static byte[] frame(DataInputStream in, int type) throws IOException {
            int length = in.readInt();
            int head = type < 0 ? 4 : 5;
            byte[] frame = new byte[length + head - 4];
            if (type >= 0) {
                frame[0] = (byte) type;
            }
            for (int i = 0; i < 4; i++) {
                frame[head - 4 + i] = (byte) (length >>> (24 - 8 * i));
            }
            if (in.readNBytes(frame, head, length - 4) < length - 4) {
                throw new EOFException();
            }
            return frame;
        }

        void cut() throws IOException {
            client.close();
            server.close();
            links.remove(this);
        }
    }
}
