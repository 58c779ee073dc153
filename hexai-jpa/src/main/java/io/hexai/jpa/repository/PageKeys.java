package io.hexai.jpa.repository;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.Order;
import org.jspecify.annotations.Nullable;

/**
 * Makes the keys of pages unique and refuses those that cannot be compared. Hibernate asks for the rows behind the last key;
 * with ties it would leave out those that share it, with null, which is neither smaller nor greater, every row from there on,
 * and where rows are sorted regardless of case those that the comparison, which regards it, puts elsewhere.
 */
final class PageKeys {

    private PageKeys() {}

    /** Later pages have the key of the first, so there it is enough. */
    static <T> KeyedPage<T> unique(KeyedPage<T> page, Class<T> type, EntityPersister persister) {
        page.getKeyDefinition().forEach(order -> requireComparable(order, persister));
        String id = idAttribute(persister);
        if (page.getKey() != null || id == null || hasOrderBy(id, page)) {
            return page;
        }
        List<Order<? super T>> orders = new ArrayList<>(page.getKeyDefinition());
        orders.add(Order.asc(type, id));
        return page.getPage().keyedBy(orders);
    }

    private static boolean hasOrderBy(String attribute, KeyedPage<?> page) {
        return page.getKeyDefinition().stream().anyMatch(order -> attribute.equals(order.attributeName()));
    }

    /** Null for a composite identifier, which has no order. */
    private static @Nullable String idAttribute(EntityPersister persister) {
        return persister.getIdentifierMapping().getJdbcTypeCount() == 1 ? persister.getIdentifierPropertyName() : null;
    }

    private static void requireComparable(Order<?> order, EntityPersister persister) {
        String name = order.attributeName();
        if (!order.caseSensitive()) {
            throw new IllegalArgumentException("Pages of "
                    + persister.getMappedClass().getSimpleName() + " cannot be keyed by '" + name
                    + "' ignoring case: Hibernate sorts them by the lower case and compares the key as it is, so rows would be"
                    + " left out. Map an attribute to a column that holds the lower case (@Formula, or a generated column), or"
                    + " use list(Page, Order, …).");
        }
        AttributeMapping attribute = name == null ? null : persister.findAttributeMapping(name);
        if (attribute != null && attribute.getAttributeMetadata().isNullable()) {
            throw new IllegalArgumentException("Attribute '" + name + "' of "
                    + persister.getMappedClass().getSimpleName() + " may be null by its mapping, so pages keyed by it"
                    + " would leave out the rows where it is. Map it as not null (@Column(nullable = false)), key the"
                    + " pages by other attributes, or use list(Page, Order, …).");
        }
    }
}
