package io.hexai.jpa.examples.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Makes the orders that ship with the quickstart, always the same ones. Run its main method to write the file anew. */
final class OrderFileGenerator {

    static final Path FILE = Path.of("src/main/resources/quickstart/orders.jsonl");

    private static final long SEED = 20261101;
    private static final int ORDERS_SHIPPED = 2_200;
    private static final int[] CARD_LIMITS = {5_000, 10_000, 15_000, 20_000, 30_000, 50_000};

    private final Random random = new Random(SEED);
    private final List<Catalogue.Item> products;
    private final List<String> lines = new ArrayList<>();

    private OrderFileGenerator(List<Catalogue.Item> products) {
        this.products = products;
    }

    public static void main(String[] arguments) throws IOException {
        Files.write(FILE, shipped());
    }

    static List<String> shipped() throws IOException {
        return generate(ORDERS_SHIPPED, Catalogue.items());
    }

    static List<String> generate(int orders, List<Catalogue.Item> products) {
        OrderFileGenerator generator = new OrderFileGenerator(products);
        for (int number = 1; number <= orders; number++) {
            generator.order(number);
        }
        return generator.lines;
    }

    private void order(int number) {
        String order = order(String.format(Locale.ROOT, "2026-%05d", number), positions(number));
        lines.add(order);
        if (random.nextInt(40) == 0) {
            lines.add(order);
        }
        if (random.nextInt(60) == 0) {
            lines.add(lines.get(random.nextInt(lines.size())));
        }
        if (number % 250 == 0) {
            lines.add(broken(order, number / 250));
        }
    }

    private String order(String id, String positions) {
        return String.format(
                Locale.ROOT,
                "{\"id\":\"%s\",\"customer\":\"customer-%03d\",\"cardLimitCents\":%d,\"lines\":[%s]}",
                id,
                1 + random.nextInt(400),
                CARD_LIMITS[random.nextInt(CARD_LIMITS.length)],
                positions);
    }

    private String positions(int number) {
        List<String> positions = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            positions.add(position(popular(), 1 + random.nextInt(3)));
        }
        if (number % 110 == 0) {
            positions.add(position("tea-unobtainium", 1));
        }
        if (number % 170 == 0) {
            positions.add(position(popular(), -1 - random.nextInt(2)));
        }
        return String.join(",", positions);
    }

    private static String position(String sku, int quantity) {
        return "{\"sku\":\"" + sku + "\",\"quantity\":" + quantity + "}";
    }

    /** In proportion to the stock's square root: the shop has most of what sells best, and yet runs out of rarities. */
    private String popular() {
        double left = random.nextDouble()
                * products.stream().mapToDouble(OrderFileGenerator::popularity).sum();
        for (Catalogue.Item product : products) {
            left -= popularity(product);
            if (left < 0) {
                return product.sku();
            }
        }
        return products.get(0).sku();
    }

    private static double popularity(Catalogue.Item product) {
        return Math.sqrt(product.stock());
    }

    /** What files that travelled look like: cut off, emptied, edited by hand, or never meant to be read. */
    private static String broken(String order, int kind) {
        return switch (kind) {
            case 1 -> order.substring(0, order.length() / 2);
            case 2 -> "id;customer;cardLimitCents;lines";
            case 3 -> order.replaceFirst("\"id\":\"[^\"]*\",", "");
            case 4 -> order.replaceFirst("\"lines\":\\[.*]", "\"lines\":[]");
            case 5 -> order.replaceFirst("\"quantity\":(\\d)", "\"quantity\":\"$1 pieces\"");
            case 6 -> order + order;
            case 7 -> "null";
            default -> "";
        };
    }
}
