package io.hexai.jpa.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hexai.jpa.transaction.Propagation;
import io.hexai.jpa.transaction.RetryPolicy;
import io.hexai.jpa.transaction.TransactionOptions;
import io.hexai.jpa.transaction.UnitOfWork;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappedNestedTest extends CartTests {

    static class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    UnitOfWork nested;

    @BeforeEach
    void nest() {
        nested = unitOfWork.with(Propagation.NESTED);
    }

    void failing(Runnable work) {
        assertThatThrownBy(() -> nested.run(() -> {
                    work.run();
                    throw new RefusedException();
                }))
                .isExactlyInstanceOf(RefusedException.class)
                .hasNoSuppressedExceptions();
    }

    void flush() {
        unitOfWork.entityManager().flush();
    }

    @Nested
    class AScopeThatRollsBack {

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void takesItsChangesBackAndKeepsThoseAround(boolean flushed) {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                a.moveTo("Rome");
                a.put("pen", 10);
                failing(() -> {
                    a.renameOwner("nobody");
                    a.put("pen", 100);
                    a.put("glue", 1);
                    a.takeOut(line -> line.sku().equals("ink"));
                    a.tag("inner");
                    if (flushed) {
                        flush();
                    }
                });
                assertThat(a).hasToString("owner of a/Rome[ink*1, pen*12][new]");
                assertThat(carts.get("a")).isSameAs(a);
                a.put("paper", 1);
                a.tag("outer");
            });

            assertThat(stored("a")).isEqualTo("owner of a/Rome[ink*1, paper*1, pen*12][new, outer]");
            assertThat(version("a")).isEqualTo(2);
        }

        @Test
        void writesNothingMoreIfNothingChangesAfterIt() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                failing(() -> a.put("pen", 100));
                STATEMENTS.clear();
            });

            assertThat(STATEMENTS).isEmpty();
            assertThat(version("a")).isEqualTo(0);
        }

        @Test
        void leavesObjectsAloneThatItDidNotChange() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                List<Cart.Line> lines = a.lines();
                Cart b = carts.get("b");
                failing(() -> b.put("glue", 1));
                assertThat(a.lines()).isEqualTo(lines);
                a.put("pen", 1);
                assertThat(a.lines()).isEqualTo(lines);
            });

            assertThat(stored("a")).contains("pen*3");
            assertThat(stored("b")).doesNotContain("glue");
        }

        @Test
        void findsTheOneThatItChangedAmongMany() {
            unitOfWork.run(() -> {
                for (int i = 0; i < 50; i++) {
                    carts.add(cart("many-" + (10 + i), 1));
                }
            });
            unitOfWork.run(() -> {
                List<Cart> all = carts.all();
                failing(() -> {
                    all.get(7).moveTo("inner");
                    all.get(40).put("pen", 99);
                    flush();
                });
                all.forEach(cart -> cart.renameOwner("outer"));
            });

            assertThat(unitOfWork.<List<String>, RuntimeException>call(
                            () -> carts.all().stream().map(Cart::toString).toList()))
                    .hasSize(52)
                    .allMatch(cart -> cart.startsWith("outer/Bonn[ink*1, pen*"))
                    .noneMatch(cart -> cart.contains("pen*100"));
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void makesAddedObjectsUnknownSoThatTheyCanBeAddedAgain(boolean flushed) {
            unitOfWork.run(() -> {
                Cart c = cart("c", 1);
                Cart d = cart("d", 1);
                failing(() -> {
                    carts.add(c);
                    carts.add(d);
                    if (flushed) {
                        flush();
                    }
                });
                assertThat(carts.find("c")).isEmpty();
                carts.add(c);
                assertThat(carts.get("c")).isSameAs(c);
            });

            assertThat(stored("c")).isEqualTo("owner of c/Bonn[ink*1, pen*1][new]");
            assertThat(stored("d")).isEqualTo("none");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void bringsRemovedAndUntrackedObjectsBack(boolean flushed) {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                Cart b = carts.get("b");
                failing(() -> {
                    a.moveTo("inner");
                    carts.remove(a);
                    carts.forget(b);
                    if (flushed) {
                        flush();
                    }
                });
                assertThat(carts.get("a")).isSameAs(a);
                assertThat(carts.get("b")).isSameAs(b);
                a.put("pen", 1);
                b.moveTo("Rome");
            });

            assertThat(stored("a")).isEqualTo("owner of a/Bonn[ink*1, pen*3][new]");
            assertThat(stored("b")).contains("Rome");
        }

        @Test
        void keepsRemovedObjectsRemovedThatWereSoBefore() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                carts.remove(a);
                failing(() -> carts.add(a));
                assertThat(carts.find("a")).isEmpty();
            });

            assertThat(stored("a")).isEqualTo("none");
        }

        @Test
        void restoresObjectsThatWereFirstFoundInIt() {
            unitOfWork.run(() -> {
                List<Cart> leaked = new ArrayList<>();
                failing(() -> {
                    Cart a = carts.get("a");
                    leaked.add(a);
                    a.moveTo("inner");
                    flush();
                });
                assertThat(carts.get("a")).isSameAs(leaked.get(0));
                assertThat(leaked.get(0).owner().city()).isEqualTo("Bonn");
                leaked.get(0).put("pen", 1);
            });

            assertThat(stored("a")).isEqualTo("owner of a/Bonn[ink*1, pen*3][new]");
        }

        @Test
        void forgetsARepositoryThatWasMadeInIt() {
            UnitOfWork own = UnitOfWork.of(database.factory());
            List<Cart> leaked = new ArrayList<>();

            own.run(em -> {
                assertThatThrownBy(() -> own.with(Propagation.NESTED).run(() -> {
                            Carts inner = new Carts(own);
                            leaked.add(inner.get("a"));
                            leaked.get(0).moveTo("inner");
                            inner.add(cart("c", 1));
                            em.flush();
                            throw new RefusedException();
                        }))
                        .isInstanceOf(RefusedException.class);
                Carts outer = new Carts(own);
                assertThat(outer.get("a")).isNotSameAs(leaked.get(0)).hasToString("owner of a/Bonn[ink*1, pen*2][new]");
                outer.get("b").moveTo("Rome");
            });

            assertThat(stored("a")).contains("Bonn");
            assertThat(stored("b")).contains("Rome");
            assertThat(stored("c")).isEqualTo("none");
        }

        @Test
        void leavesObjectsOfAReadOnlyUnitOfWorkAlone() {
            unitOfWork.with(o -> o.withReadOnly(true)).run(() -> {
                Cart a = carts.get("a");
                a.moveTo("what if");
                failing(() -> carts.get("b"));
                assertThat(a.owner().city()).isEqualTo("what if");
                assertThat(unitOfWork.entityManager().find(CartRow.class, "a").owner.city)
                        .isEqualTo("Bonn");
            });
        }

        @Test
        void restoresAnObjectThatItLeftHalfChanged() {
            class Strict extends Carts {
                Strict() {
                    super(unitOfWork);
                }

                @Override
                protected void copyTo(Cart cart, CartRow row) {
                    if (cart.owner().name().isEmpty()) {
                        throw new IllegalStateException("half changed");
                    }
                    super.copyTo(cart, row);
                }
            }
            Strict strict = new Strict();

            unitOfWork.run(() -> {
                Cart a = strict.get("a");
                failing(() -> a.renameOwner(""));
                a.moveTo("Rome");
            });

            assertThat(stored("a")).startsWith("owner of a/Rome");
        }

        @Test
        void takesBackWhatScopesInsideItHadDone() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                Cart c = cart("c", 1);
                failing(() -> {
                    a.moveTo("one");
                    nested.run(() -> {
                        a.moveTo("two");
                        carts.add(c);
                    });
                    a.moveTo("three");
                    failing(() -> a.moveTo("four"));
                    assertThat(a.owner().city()).isEqualTo("three");
                    nested.run(() -> carts.remove(a));
                });
                assertThat(a.owner().city()).isEqualTo("Bonn");
                assertThat(carts.find("c")).isEmpty();
                nested.run(() -> a.put("pen", 1));
                failing(() -> a.put("pen", 50));
            });

            assertThat(stored("a")).isEqualTo("owner of a/Bonn[ink*1, pen*3][new]");
            assertThat(stored("c")).isEqualTo("none");
        }

        @Test
        void afterWhichHooksUseTheRepository() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                failing(() -> {
                    unitOfWork.current().afterRollback(() -> carts.get("b").moveTo("Rome"));
                    nested.run(() -> a.moveTo("inner"));
                });
            });

            assertThat(stored("a")).contains("Bonn");
            assertThat(stored("b")).contains("Rome");
        }

        @Test
        void isRepeatedFromItsBegin() {
            unitOfWork.run(() -> {
                Cart a = carts.get("a");
                a.put("pen", 10);
                nested.with(o -> o.withRetry(RetryPolicy.attempts(3).withRetryOn(RefusedException.class::isInstance)))
                        .run(() -> {
                            a.put("pen", 100);
                            flush();
                            if (unitOfWork.current().attempt() < 3) {
                                throw new RefusedException();
                            }
                        });
            });

            assertThat(stored("a")).contains("pen*112");
        }

        @Test
        void restoresInOptimisticMode() {
            unitOfWork.with(TransactionOptions.optimistic()).run(() -> {
                Cart a = carts.get("a");
                a.moveTo("Rome");
                failing(() -> a.moveTo("inner"));
                assertThat(a.owner().city()).isEqualTo("Rome");
            });

            assertThat(stored("a")).contains("Rome");
        }

        @Test
        void needsNoSelectForObjectsFoundBefore() {
            unitOfWork.run(() -> {
                List<Cart> all = carts.all();
                failing(() -> {
                    all.forEach(cart -> cart.put("pen", 1));
                    flush();
                    STATEMENTS.clear();
                });
                assertThat(STATEMENTS).isEmpty();
            });
        }
    }

    @Nested
    class AnObjectThatCannotBePutBack {

        class Stubborn extends Carts {
            Stubborn() {
                super(unitOfWork);
            }

            @Override
            protected void restore(Cart cart, CartRow row) {}
        }

        @Test
        void isRefusedWhereverItIsUsed() {
            Stubborn stubborn = new Stubborn();

            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        Cart a = stubborn.get("a");
                        failing(() -> a.moveTo("inner"));
                        assertThatThrownBy(() -> stubborn.get("a"))
                                .isInstanceOf(DomainObjectNotRestoredException.class);
                    }))
                    .isInstanceOfSatisfying(DomainObjectNotRestoredException.class, e -> {
                        assertThat(e.domainClass()).isEqualTo(Cart.class);
                        assertThat(e.identity()).isEqualTo("a");
                        assertThat(e).hasMessageContaining("Stubborn").hasMessageContaining("restore");
                    });

            assertThat(stored("a")).contains("Bonn");
        }

        @Test
        void canBeLetGoAndFoundAgain() {
            Stubborn stubborn = new Stubborn();

            unitOfWork.run(() -> {
                Cart a = stubborn.get("a");
                failing(() -> a.moveTo("inner"));
                stubborn.forget(a);
                Cart fresh = stubborn.get("a");
                assertThat(fresh.owner().city()).isEqualTo("Bonn");
                fresh.put("pen", 1);
            });

            assertThat(stored("a")).isEqualTo("owner of a/Bonn[ink*1, pen*3][new]");
        }

        @Test
        void tellsWhy() {
            class Failing extends Carts {
                Failing() {
                    super(unitOfWork);
                }

                @Override
                protected void restore(Cart cart, CartRow row) {
                    throw new AssertionError("no way");
                }
            }
            Failing failing = new Failing();

            assertThatThrownBy(() -> unitOfWork.run(() -> {
                        Cart a = failing.get("a");
                        failing(() -> a.moveTo("inner"));
                    }))
                    .isInstanceOf(DomainObjectNotRestoredException.class)
                    .hasCauseInstanceOf(AssertionError.class);
        }

        @Test
        void doesNotMatterIfItDidNotChange() {
            Stubborn stubborn = new Stubborn();

            unitOfWork.run(() -> {
                Cart a = stubborn.get("a");
                failing(() -> stubborn.get("b"));
                a.moveTo("Rome");
            });

            assertThat(stored("a")).contains("Rome");
        }
    }
}
