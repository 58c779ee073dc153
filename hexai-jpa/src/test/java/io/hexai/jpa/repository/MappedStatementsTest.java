package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The repository sends what careful code sends that maps and merges by hand. */
class MappedStatementsTest extends CartTests {

    /** Maps the same way, and merges a detached copy of what it was told has changed. */
    private final class ByHand {
        private final EntityManager entityManager = unitOfWork.entityManager();

        Cart find(String id) {
            return carts.toDomain(entityManager.find(CartRow.class, id));
        }

        List<Cart> all() {
            return entityManager
                    .createQuery(
                            "from Cart c left join fetch c.lines left join fetch c.tags order by c.id", CartRow.class)
                    .getResultStream()
                    .map(carts::toDomain)
                    .toList();
        }

        void save(Cart cart) {
            CartRow managed = entityManager.find(CartRow.class, cart.id());
            CartRow row = new CartRow();
            if (managed != null) {
                row.version = managed.version;
            }
            carts.copyTo(cart, row);
            for (CartRow.CartLineRow line : row.lines) {
                CartRow.CartLineRow known = entityManager.find(CartRow.CartLineRow.class, line.id);
                line.version = known == null ? 0 : known.version;
            }
            if (managed == null) {
                entityManager.persist(row);
            } else {
                entityManager.merge(row);
            }
        }

        void remove(String id) {
            entityManager.remove(entityManager.find(CartRow.class, id));
        }
    }

    private List<String> statementsOf(Runnable work) {
        begin();
        unitOfWork.run(work::run);
        return List.copyOf(STATEMENTS);
    }

    private void assertNoMore(Runnable mapped, Consumer<ByHand> byHand) {
        List<String> ours = statementsOf(mapped);
        List<String> theirs = statementsOf(() -> byHand.accept(new ByHand()));
        assertThat(ours).isNotEmpty().hasSizeLessThanOrEqualTo(theirs.size());
        assertThat(theirs).containsAll(ours);
    }

    @Test
    void forReading() {
        assertNoMore(() -> carts.all(), ByHand::all);
        assertNoMore(() -> carts.get("a"), byHand -> byHand.find("a"));
    }

    @Test
    void forAChangeOfTheObject() {
        assertNoMore(() -> carts.get("a").moveTo("Rome"), byHand -> {
            Cart a = byHand.find("a");
            a.moveTo("Rome");
            byHand.save(a);
        });
    }

    @Test
    void forOneChangeAmongMany() {
        assertNoMore(() -> carts.all().get(1).put("pen", 1), byHand -> {
            Cart b = byHand.all().get(1);
            b.put("pen", 1);
            byHand.save(b);
        });
    }

    @Test
    void forChildrenAddedChangedAndRemoved() {
        Consumer<Cart> change = cart -> {
            cart.put("glue", 1);
            cart.put("pen", 1);
            cart.takeOut(line -> line.sku().equals("ink"));
            cart.tag("more");
        };
        assertNoMore(() -> change.accept(carts.get("a")), byHand -> {
            Cart a = byHand.find("a");
            change.accept(a);
            byHand.save(a);
        });
    }

    @Test
    void forAddingAndRemoving() {
        assertNoMore(() -> carts.add(cart("c", 1)), byHand -> byHand.save(cart("c", 1)));
        assertNoMore(() -> carts.remove(carts.get("a")), byHand -> {
            byHand.find("a");
            byHand.remove("a");
        });
    }
}
