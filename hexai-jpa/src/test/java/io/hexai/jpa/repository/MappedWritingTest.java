package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.TransactionScope;
import io.hexai.jpa.transaction.UnexpectedRollbackException;
import io.hexai.jpa.transaction.UnitOfWork;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.jpa.HibernateHints;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MappedWritingTest extends CartTests {

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

        @ParameterizedTest
        @EnumSource
        void writesChangesOfWhatWasFetchedReadOnlyBefore(FetchedReadOnly fetched) {
            unitOfWork.run(em -> {
                CartRow row = fetched.from(unitOfWork, em);
                database.execute("UPDATE cartline SET quantity = 7, version = 4 WHERE id = 'a/ink'");

                Cart a = carts.get("a");
                a.moveTo("Rome");
                a.put("pen", 1);
                a.put("paper", 1);
                a.tag("rush");

                assertThat(carts.of(row)).isSameAs(a);
            });

            assertThat(stored("a")).isEqualTo("owner of a/Rome[ink*7, paper*1, pen*3][new, rush]");
            assertThat(version("a")).isEqualTo(1);
        }

        @Test
        void leavesRowsDeletedThatWereRemovedWithoutTheRepository() {
            unitOfWork.run(em -> {
                CartRow row = em.find(CartRow.class, "a");
                em.remove(row);

                carts.of(row).moveTo("Rome");
            });

            assertThat(stored("a")).isEqualTo("none");
        }

        enum FetchedReadOnly {
            BY_IDENTIFIER {
                @Override
                CartRow from(UnitOfWork unitOfWork, EntityManager em) {
                    return rows(unitOfWork).get("a");
                }
            },
            BY_LIST {
                @Override
                CartRow from(UnitOfWork unitOfWork, EntityManager em) {
                    CartRow row = rows(unitOfWork).list().get(0);
                    assertThat(row.lines).hasSize(2);
                    assertThat(row.tags).hasSize(1);
                    return row;
                }
            },
            WITH_CHILDREN {
                @Override
                CartRow from(UnitOfWork unitOfWork, EntityManager em) {
                    return em.createQuery(
                                    "from Cart c join fetch c.lines join fetch c.tags where c.id = 'a'", CartRow.class)
                            .setHint(HibernateHints.HINT_READ_ONLY, true)
                            .getSingleResult();
                }
            };

            abstract CartRow from(UnitOfWork unitOfWork, EntityManager em);

            private static EntityReader<CartRow, String> rows(UnitOfWork unitOfWork) {
                return EntityRepository.of(unitOfWork, CartRow.class, String.class)
                        .readOnly();
            }
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
        void sendsNothingOfAnObjectThatWasAddedAndUntracked() {
            unitOfWork.run(em -> {
                Cart c = cart("c", 1);
                carts.add(c);
                carts.forget(c);
                em.flush();

                assertThat(STATEMENTS).isEmpty();
                assertThat(unitOfWork.current().changes().isEmpty()).isTrue();
                assertThat(carts.find("c")).isEmpty();
                carts.add(c);
            });

            assertThat(stored("c")).isEqualTo("owner of c/Bonn[ink*1, pen*1][new]");
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
        void leavesARemovedObjectRemovedIfItsSuccessorCannotBeCopied() {
            unitOfWork.run(() -> {
                Refusing refusing = new Refusing(false);
                refusing.remove(refusing.get("a"));
                Cart successor = cart("a", 5);
                successor.moveTo("Rome");

                assertThatThrownBy(() -> refusing.add(successor)).isExactlyInstanceOf(IllegalArgumentException.class);

                assertThat(refusing.find("a")).isEmpty();
            });

            assertThat(stored("a")).isEqualTo("none");
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
}
