package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.NoActiveTransactionException;
import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnexpectedRollbackException;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityExistsException;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
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
    class Writing {

        @Test
        void findsChangesOfAllPartsWithoutACallToSave() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                a.moveTo("Rome");
                a.put("pen", 5);
                a.put("paper", 100);
                a.takeOut(line -> line.sku().equals("ink"));
                a.tag("rush");
            });

            assertThat(stored("a")).isEqualTo("owner of a/Rome[paper*100, pen*7][new, rush]");
            assertThat(stored("b")).isEqualTo("owner of b/Bonn[ink*1, pen*3][new]");
            assertThat(version("a")).isEqualTo(1);
            assertThat(version("b")).isEqualTo(0);
        }

        @Test
        void writesNothingForObjectsThatDidNotChange() {
            unitOfWork.run(() -> {
                assertThat(carts.all()).hasSize(2);
                unitOfWork.entityManager().flush();
            });

            assertThat(STATEMENTS).singleElement().asString().startsWith("select");
        }

        @Test
        void writesOnlyTheRowsThatChanged() {
            unitOfWork.run(() -> {
                carts.all();
                STATEMENTS.clear();
                carts.get("a").put("pen", 1);
            });

            assertThat(STATEMENTS).singleElement().asString().startsWith("update CartLine");
        }

        @Test
        void writesWhatHooksChange() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                unitOfWork.current().beforeCommit(() -> a.moveTo("Rome"));
            });

            assertThat(stored("a")).contains("Rome");
        }

        @Test
        void writesWhatChangesAfterAFlush() {
            unitOfWork.run(em -> {
                Cart c = cart("c", 1);
                carts.add(c);
                em.flush();
                c.put("pen", 1);
                em.flush();
                c.put("paper", 1);
            });

            assertThat(stored("c")).isEqualTo("owner of c/Bonn[ink*1, paper*1, pen*2][new]");
        }

        @Test
        void writesNothingInAReadOnlyUnitOfWork() {
            unitOfWork.with(o -> o.withReadOnly(true)).run(() -> {
                carts.get("a").moveTo("Rome");
                assertThat(carts.findByCity("Rome")).isEmpty();
            });

            assertThat(stored("a")).contains("Bonn");
        }

        @Test
        void writesNothingWhenTheCommitIsPrevented() {
            unitOfWork.run(() -> {
                carts.get("a").moveTo("Rome");
                unitOfWork.current().preventCommit();
            });

            assertThat(stored("a")).contains("Bonn");
        }

        @Test
        void writesAtTheCommitOfAnExplicitScope() {
            try (TransactionScope scope = unitOfWork.begin()) {
                carts.get("a").moveTo("Rome");
                scope.commit();
            }
            try (TransactionScope scope = unitOfWork.begin()) {
                carts.get("b").moveTo("Rome");
                scope.rollback();
            }

            assertThat(stored("a")).contains("Rome");
            assertThat(stored("b")).contains("Bonn");
        }

        @Test
        void ofAnUntrackedObjectWritesNothing() {
            unitOfWork.run(em -> {
                Cart b = carts.get("b");
                b.moveTo("Rome");
                em.createQuery("from CartLine", CartRow.CartLineRow.class).getResultList();
                b.put("paper", 1);
                carts.forget(b);
                b.moveTo("Oslo");
                assertThat(carts.get("b")).isNotSameAs(b);
                Cart c = cart("c", 1);
                carts.add(c);
                carts.forget(c);
                carts.forget(c);
            });

            assertThat(stored("b")).isEqualTo("owner of b/Bonn[ink*1, pen*3][new]");
            assertThat(stored("c")).isEqualTo("none");
        }

        @Test
        void letsGoWhenTheEntityManagerIsCleared() {
            unitOfWork.run(em -> {
                Cart a = carts.get("a");
                a.moveTo("Rome");
                em.clear();
                assertThat(carts.get("a")).isNotSameAs(a);
            });

            assertThat(stored("a")).contains("Bonn");
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
    class OfStaleVersions {

        @Test
        void refusesUpdateAndDeletion() {
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        carts.get("a").moveTo("Rome");
                        bump("a");
                    }))
                    .isInstanceOf(OptimisticLockException.class);
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        carts.remove(carts.get("a"));
                        bump("a");
                    }))
                    .isInstanceOf(OptimisticLockException.class);

            assertThat(stored("a")).contains("Bonn");
        }

        @Test
        void repeatsTheWorkOnFreshObjectsInOptimisticMode() {
            List<Cart> seen = new ArrayList<>();

            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                int attempt = unitOfWork.current().attempt();
                Cart a = carts.get("a");
                assertThat(database.borrowedConnections()).isZero();
                seen.add(a);
                carts.add(Cart.open("attempt-" + attempt, "x"));
                if (attempt < 3) {
                    bump("a");
                }
                a.put("pen", attempt);
                a.moveTo("Rome");
            });

            assertThat(seen).hasSize(3).doesNotHaveDuplicates();
            assertThat(stored("a")).isEqualTo("owner of a/Rome[ink*1, pen*5][new]");
            assertThat(database.select("SELECT id FROM cart WHERE id LIKE 'attempt%'"))
                    .containsExactly("attempt-3");
        }

        @Test
        void mayBeForcedByChangesOfChildren() {
            class Guarding extends Carts {
                Guarding() {
                    super(unitOfWork);
                }

                @Override
                protected void copyTo(Cart cart, CartRow row) {
                    if (!cart.toString().equals(toDomain(row).toString())) {
                        entityManager().lock(row, LockModeType.OPTIMISTIC_FORCE_INCREMENT);
                    }
                    super.copyTo(cart, row);
                }
            }
            Guarding guarding = new Guarding();

            unitOfWork.run(() -> guarding.get("a").put("pen", 1));
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        guarding.get("a").put("ink", 1);
                        bump("a");
                    }))
                    .isInstanceOf(OptimisticLockException.class);

            assertThat(version("a")).isEqualTo(2);
            assertThat(stored("a")).isEqualTo("owner of a/Bonn[ink*1, pen*3][new]");
        }

        private void bump(String id) {
            database.execute("UPDATE cart SET version = version + 1 WHERE id = '" + id + "'");
        }
    }

    @Nested
    class InANewTransaction {

        @Test
        void hasObjectsOfItsOwn() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                unitOfWork.with(Propagation.NEW).run(() -> {
                    assertThat(carts.get("a")).isNotSameAs(a);
                    carts.get("b").moveTo("Rome");
                });
                assertThat(stored("b")).contains("Rome");
                assertThat(carts.get("a")).isSameAs(a);
            });
        }
    }

    @Nested
    class WhoseMappingFails {

        class Refusing extends Carts {
            boolean reading;

            Refusing(boolean reading) {
                super(unitOfWork);
                this.reading = reading;
            }

            @Override
            protected Cart toDomain(CartRow row) {
                if (reading) {
                    throw new AssertionError("unreadable");
                }
                return super.toDomain(row);
            }

            @Override
            protected void copyTo(Cart cart, CartRow row) {
                if (cart.owner().city().equals("Rome")) {
                    throw new IllegalArgumentException("refused");
                }
                super.copyTo(cart, row);
            }
        }

        @Test
        void rollsBackWithThatFailure() {
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        Refusing refusing = new Refusing(false);
                        refusing.get("b").moveTo("Oslo");
                        refusing.get("a").moveTo("Rome");
                    }))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("refused");
            assertThatThrownBy(() -> unitOfWork.run(() -> new Refusing(true).get("a")))
                    .isExactlyInstanceOf(AssertionError.class);

            assertThat(stored("b")).contains("Bonn");
        }

        @Test
        void dooms() {
            assertThatThrownBy(() -> unitOfWork.run(em -> {
                        new Refusing(false).get("a").moveTo("Rome");
                        assertThatThrownBy(em::flush).isExactlyInstanceOf(IllegalArgumentException.class);
                    }))
                    .isInstanceOfAny(IllegalArgumentException.class, UnexpectedRollbackException.class);
        }

        @Test
        void isToldOfAnIdentityThatChanged() {
            class Renaming extends Carts {
                String suffix = "";

                Renaming() {
                    super(unitOfWork);
                }

                @Override
                protected String identity(Cart cart) {
                    return super.identity(cart) + suffix;
                }
            }
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        Renaming renaming = new Renaming();
                        renaming.get("a");
                        renaming.suffix = "!";
                    }))
                    .isInstanceOfSatisfying(IdentityMismatchException.class, e -> {
                        assertThat(e.repositoryClass()).isEqualTo(Renaming.class);
                        assertThat(e.identifier()).isEqualTo("a");
                        assertThat(e.identity()).isEqualTo("a!");
                    });
            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        Renaming renaming = new Renaming();
                        renaming.suffix = "!";
                        renaming.add(cart("c", 1));
                    }))
                    .isInstanceOf(IdentityMismatchException.class);

            assertThat(stored("c")).isEqualTo("none");
        }

        @Test
        void isToldOfTwoRepositoryClassesForOneEntity() {
            unitOfWork.run(() -> {
                carts.get("a");
                assertThatThrownBy(() -> new Refusing(false).get("a"))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(Refusing.class.getName());
            });
        }

        @Test
        void isToldOfObjectsThatNeedEachOtherToBeMade() {
            class Circular extends Carts {
                Circular() {
                    super(unitOfWork);
                }

                @Override
                protected Cart toDomain(CartRow row) {
                    return track(row);
                }
            }
            unitOfWork.run(() -> assertThatThrownBy(() -> new Circular().get("a"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("toDomain"));
        }

        @Test
        void isToldOfAnEntityThatIsNotManaged() {
            unitOfWork.run(em -> {
                CartRow row = em.find(CartRow.class, "a");
                em.detach(row);
                assertThatThrownBy(() -> carts.of(row)).isInstanceOf(IllegalArgumentException.class);
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
