package io.hexai.jpa.examples.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an import comes to if orders are taken one after the other, computed in memory with none of the program's code but its
 * file formats and the names of the statuses.
 */
final class OrderModel {

    private static final Path PRODUCTS = Path.of("src/main/resources/quickstart/products.jsonl");
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    final Map<String, String> statusByOrder = new LinkedHashMap<>();
    final Map<String, JsonNode> orders = new LinkedHashMap<>();
    final Map<String, Integer> initialStock = new TreeMap<>();
    final Map<String, Integer> stock = new TreeMap<>();
    final Map<String, Long> price = new HashMap<>();
    long paidCents;
    long events;
    int repeated;
    int badLines;

    static OrderModel of(List<String> orders) throws IOException {
        OrderModel model = new OrderModel();
        for (String line : Files.readAllLines(PRODUCTS)) {
            JsonNode product = MAPPER.readTree(line);
            String sku = product.get("sku").asString();
            model.initialStock.put(sku, product.get("stock").asInt());
            model.stock.put(sku, product.get("stock").asInt());
            model.price.put(sku, product.get("priceCents").asLong());
            model.events++;
        }
        for (String line : orders) {
            if (line.isBlank()) {
                continue;
            }
            model.line(line);
        }
        return model;
    }

    private void line(String line) {
        JsonNode order;
        try {
            order = MAPPER.readTree(line);
        } catch (JacksonException e) {
            badLines++;
            return;
        }
        if (!isOrder(order)) {
            badLines++;
        } else if (statusByOrder.containsKey(order.get("id").asString())) {
            repeated++;
        } else {
            orders.put(order.get("id").asString(), order);
            statusByOrder.put(order.get("id").asString(), take(order));
        }
    }

    private static boolean isOrder(JsonNode order) {
        if (!order.isObject() || !order.has("id") || order.path("lines").isEmpty()) {
            return false;
        }
        for (JsonNode line : order.get("lines")) {
            if (!line.get("quantity").isInt()) {
                return false;
            }
        }
        return true;
    }

    private String take(JsonNode order) {
        events += 2;
        for (JsonNode line : order.get("lines")) {
            if (line.get("quantity").asInt() < 1) {
                return "QUANTITY_INVALID";
            }
            if (!stock.containsKey(line.get("sku").asString())) {
                return "PRODUCT_UNKNOWN";
            }
        }
        Map<String, Integer> wanted = wanted(order);
        if (wanted.entrySet().stream().anyMatch(want -> want.getValue() > stock.get(want.getKey()))) {
            return "STOCK_EXHAUSTED";
        }
        if (cents(order) > cardLimit(order)) {
            return "PAYMENT_REFUSED";
        }
        wanted.forEach((sku, quantity) -> stock.merge(sku, -quantity, Integer::sum));
        paidCents += cents(order);
        events += order.get("lines").size();
        return "CONFIRMED";
    }

    static Map<String, Integer> wanted(JsonNode order) {
        Map<String, Integer> wanted = new HashMap<>();
        for (JsonNode line : order.get("lines")) {
            wanted.merge(line.get("sku").asString(), line.get("quantity").asInt(), Integer::sum);
        }
        return wanted;
    }

    long cents(JsonNode order) {
        long cents = 0;
        for (Map.Entry<String, Integer> want : wanted(order).entrySet()) {
            cents += price.get(want.getKey()) * want.getValue();
        }
        return cents;
    }

    static long cardLimit(JsonNode order) {
        return order.get("cardLimitCents").asLong();
    }

    long count(String status) {
        return statusByOrder.values().stream().filter(status::equals).count();
    }
}
