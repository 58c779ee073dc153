package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.NoActiveTransactionException;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappedRepositoryTest extends CartTests {

    @Nested
    class Finding {

        @Test
        void givesOneInstanceWhicheverRepositoryIsAsked() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                assertThat(carts.get("a")).isSameAs(a);
                assertThat(new Carts(unitOfWork).find("a")).containsSame(a);
                assertThat(carts.findByCity("Bonn").get(0)).isSameAs(a);
                assertThat(unitOfWork.<Cart, RuntimeException>call(() -> carts.get("a")))
                        .isSameAs(a);
            });
        }

        @Test
        void doesNotOverwriteWhatIsInMemory() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                a.moveTo("Rome");
                database.execute("UPDATE cart SET name = 'somebody else' WHERE id = 'a'");
                assertThat(carts.all().get(0)).isSameAs(a);
                assertThat(a.owner()).isEqualTo(new Cart.Owner("owner of a", "Rome"));
                unitOfWork.current().preventCommit();
            });
        }

        @Test
        void holdsObjectsUntilTheUnitOfWorkEnds() {
            unitOfWork.run(() -> {
                WeakReference<Cart> reference = new WeakReference<>(carts.get("a"));
                carts.get("a").moveTo("Rome");
                System.gc();
                assertThat(reference.get()).isNotNull();
            });

            assertThat(stored("a")).contains("Rome");
        }

        @Test
        void saysWhatIsMissing() {
            unitOfWork.run(() -> {
                assertThat(carts.find("x")).isEmpty();
                assertThatThrownBy(() -> carts.get("x"))
                        .isInstanceOf(EntityNotFoundException.class)
                        .hasMessageContaining("Carts")
                        .hasMessageContaining("x");
            });
        }

        @Test
        void ofNothingIsRefusedByName() {
            unitOfWork.run(() -> {
                assertThatThrownBy(() -> carts.find(null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("id");
                assertThatThrownBy(() -> carts.add(null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("domainObject");
                assertThatThrownBy(() -> carts.remove(null))
                        .isInstanceOf(NullPointerException.class)
                        .hasMessage("domainObject");
            });
        }

        @Test
        void needsAUnitOfWork() {
            assertThatThrownBy(() -> carts.find("a")).isInstanceOf(NoActiveTransactionException.class);
            assertThatThrownBy(() -> carts.add(cart("c", 1))).isInstanceOf(NoActiveTransactionException.class);
        }

        @Test
        void seesChangesInQueriesThatFlush() {
            unitOfWork.run(em -> {
                carts.get("a").moveTo("Rome");
                assertThat(carts.findByCity("Rome")).hasSize(1);
                List<?> rows = em.createNativeQuery("SELECT id FROM cart WHERE city = 'Rome'")
                        .getResultList();
                assertThat(rows).hasSize(1);
            });
        }

        @Test
        void mapsWhatAnEntityReferenceStandsFor() {
            unitOfWork.run(em -> {
                CartRow reference = em.getReference(CartRow.class, "a");
                Cart a = carts.of(reference);
                assertThat(carts.get("a")).isSameAs(a);
            });
        }
    }

    @Nested
    class Adding {

        @Test
        void insertsOnceWithoutASelect() {
            unitOfWork.run(() -> {
                Cart c = cart("c", 1);
                carts.add(c);
                carts.add(c);
                carts.add(carts.get("c"));
                assertThat(carts.get("c")).isSameAs(c);
            });

            assertThat(STATEMENTS).hasSize(4).allMatch(sql -> sql.startsWith("insert"));
            assertThat(version("c")).isEqualTo(0);
        }

        @Test
        void ofAFoundObjectDoesNothing() {
            unitOfWork.run(() -> carts.add(carts.get("a")));

            assertThat(version("a")).isEqualTo(0);
        }

        @Test
        void ofAnotherInstanceWithTheSameIdentityIsRefused() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                assertThatThrownBy(() -> carts.add(cart("a", 7)))
                        .isInstanceOf(EntityExistsException.class)
                        .hasMessageContaining("identity a");
                a.moveTo("Rome");
                Cart c = cart("c", 1);
                carts.add(c);
                assertThatThrownBy(() -> carts.add(cart("c", 7))).isInstanceOf(EntityExistsException.class);
            });

            assertThat(stored("a")).isEqualTo("owner of a/Rome[ink*1, pen*2][new]");
            assertThat(stored("c")).isEqualTo("owner of c/Bonn[ink*1, pen*1][new]");
        }
    }

    @Nested
    class Removing {

        @Test
        void deletesAtTheFlushAndHidesAtOnce() {
            unitOfWork.run(em -> {
                Cart a = carts.get("a");
                carts.remove(a);
                carts.remove(a);
                assertThat(carts.find("a")).isEmpty();
                a.moveTo("Rome");
                em.flush();
                STATEMENTS.clear();
                assertThat(carts.find("a")).isEmpty();
                assertThat(STATEMENTS).isEmpty();
                assertThat(carts.all()).extracting(Cart::id).containsExactly("b");
            });

            assertThat(stored("a")).isEqualTo("none");
            assertThat(database.select("SELECT id FROM cartline WHERE cart_id = 'a'"))
                    .isEmpty();
        }

        @Test
        void hidesFromFindersThatDoNotFlush() {
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                carts.remove(carts.get("a"));
                assertThat(carts.all()).extracting(Cart::id).containsExactly("b");
            });

            assertThat(stored("a")).isEqualTo("none");
        }

        @Test
        void ofWhatWasAddedLeavesNothing() {
            unitOfWork.run(() -> {
                Cart c = cart("c", 1);
                carts.add(c);
                carts.remove(c);
                assertThat(carts.find("c")).isEmpty();
            });

            assertThat(stored("c")).isEqualTo("none");
            assertThat(database.select("SELECT id FROM cartline WHERE cart_id = 'c'"))
                    .isEmpty();
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void thenAddingBringsTheSameInstanceBack(boolean flushed) {
            unitOfWork.run(em -> {
                Cart a = carts.get("a");
                carts.remove(a);
                if (flushed) {
                    em.flush();
                }
                carts.add(a);
                a.put("pen", 1);
                assertThat(carts.get("a")).isSameAs(a);
            });

            assertThat(stored("a")).isEqualTo("owner of a/Bonn[ink*1, pen*3][new]");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void thenAddingAnotherReplacesIt(boolean flushed) {
            unitOfWork.run(em -> {
                carts.remove(carts.get("a"));
                if (flushed) {
                    em.flush();
                }
                Cart other = Cart.open("a", "other");
                other.put("pen", 9);
                other.put("glue", 1);
                carts.add(other);
                assertThat(carts.get("a")).isSameAs(other);
            });

            assertThat(stored("a")).isEqualTo("other/Bonn[glue*1, pen*9][]");
        }

        @Test
        void andAddingAndRemovingAgainEndsWithTheLast() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                carts.remove(a);
                carts.add(a);
                carts.remove(a);
                Cart c = cart("c", 1);
                carts.add(c);
                carts.remove(c);
                carts.add(c);
            });

            assertThat(stored("a")).isEqualTo("none");
            assertThat(stored("c")).isEqualTo("owner of c/Bonn[ink*1, pen*1][new]");
        }

        @Test
        void needsAnObjectOfThisUnitOfWork() {
            Cart a = unitOfWork.call(() -> carts.get("a"));

            unitOfWork.run(() -> {
                assertThatThrownBy(() -> carts.remove(a))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("a")
                        .hasMessageContaining("Carts");
                carts.get("a");
                assertThatThrownBy(() -> carts.remove(a)).isInstanceOf(IllegalArgumentException.class);
            });
        }
    }

    @Nested
    class Made {

        @Entity(name = "Numbered")
        static class Numbered {
            @Id
            @GeneratedValue
            Long id;
        }

        static class Misfit<E> extends MappedRepository<Object, E, Object> {
            Misfit(UnitOfWork unitOfWork, Class<E> entityClass) {
                super(unitOfWork, entityClass);
            }

            @Override
            protected Object toDomain(E entity) {
                return entity;
            }

            @Override
            protected void copyTo(Object domainObject, E entity) {}

            @Override
            protected E newEntity() {
                throw new UnsupportedOperationException();
            }

            @Override
            protected Object identity(Object domainObject) {
                return domainObject;
            }
        }

        @Test
        void forAClassThatIsNoEntityIsRefused() {
            assertThatThrownBy(() -> new Misfit<>(unitOfWork, Optional.class))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("java.util.Optional");
        }

        @Test
        void forGeneratedIdentifiersIsRefused() {
            try (var numbered = io.hexai.jpa.testing.TestFactory.of(Numbered.class)) {
                assertThatThrownBy(() -> new Misfit<>(UnitOfWork.of(numbered.factory()), Numbered.class))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("generated");
            }
        }
    }
}
