package io.hexai.jpa.examples.rest;

import io.hexai.jpa.test.EmbeddedServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * The program: starts the application on a server of its own, speaks to it over HTTP, and prints what was answered. With
 * {@code -Dport=8080} it serves until it is ended instead.
 */
final class RestExample {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int ANY_PORT = 0;

    private RestExample() {}

    public static void main(String[] arguments) throws Exception {
        String port = System.getProperty("port", "");
        try (EmbeddedServer server = EmbeddedServer.start();
                Workshop workshop =
                        new Workshop(server.config(), port.isBlank() ? ANY_PORT : Integer.parseInt(port), TIMEOUT)) {
            if (port.isBlank()) {
                run(workshop.address(), System.out);
            } else {
                System.out.println("serving " + workshop.address() + "repairs");
                Thread.currentThread().join();
            }
        }
    }

    static void run(URI address, PrintStream out) throws IOException, InterruptedException {
        RestClient client = new RestClient(address);
        String brakes = "{\"id\": \"r-1\", \"task\": \"brakes\"}";
        print(out, "accept", client.post("repairs", brakes));
        print(out, "accept", client.post("repairs", brakes));
        print(out, "show", client.get("repairs/r-1"));
        print(out, "edit", client.put("repairs/r-1", "0", "{\"task\": \"brakes, both\"}"));
        print(out, "edit", client.put("repairs/r-1", "0", "{\"task\": \"only the front brake\"}"));
        print(out, "work", client.post("repairs/r-1/work?minutes=40", ""));
        print(out, "note", client.post("repairs/r-1/notes?after=1", "cable is worn"));
        print(out, "note", client.post("repairs/r-1/notes?after=1", "new cable"));
        print(out, "show", client.get("repairs/r-2"));
    }

    private static void print(PrintStream out, String what, HttpResponse<String> response) {
        String text = response.body().replaceFirst("\\. .*", "");
        out.println((what + ": " + response.statusCode() + " " + text).stripTrailing());
    }
}
