package io.hexai.jpa.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResourcesTest extends AccountTests {

    final ResourceKey<List<String>> key = ResourceKey.of("list");
    final AtomicInteger created = new AtomicInteger();

    List<String> list() {
        return unitOfWork.current().resource(key, () -> {
            created.incrementAndGet();
            return new ArrayList<>();
        });
    }

    @Test
    void areCreatedOnceForAllScopesOfATransaction() {
        unitOfWork.run(() -> {
            List<String> first = list();
            assertThat(unitOfWork.call(this::list)).isSameAs(first);
            assertThat(unitOfWork.with(Propagation.NESTED).call(this::list)).isSameAs(first);
            unitOfWork.current().beforeCommit(() -> assertThat(list()).isSameAs(first));
            assertThat(database.borrowedConnections()).isZero();
        });

        assertThat(created).hasValue(1);
    }

    @Test
    void areToldApartByTheirKeyAndNotByItsName() {
        unitOfWork.run(() -> {
            ResourceKey<List<String>> other = ResourceKey.of("list");
            assertThat(unitOfWork.current().resource(other, ArrayList::new)).isNotSameAs(list());
        });
    }

    @Test
    void areEachTransactionsOwn() {
        unitOfWork.run(() -> {
            List<String> outer = list();
            List<String> inner = unitOfWork.with(Propagation.NEW).call(this::list);
            assertThat(inner).isNotSameAs(outer);
            assertThat(list()).isSameAs(outer);
        });
        unitOfWork.run(() -> assertThat(list()).isEmpty());

        assertThat(created).hasValue(3);
    }

    @Test
    void areCreatedAnewAfterTheNestedScopeThatCreatedThemRolledBack() {
        unitOfWork.run(() -> {
            unitOfWork.with(Propagation.NESTED).run(() -> {
                list().add("rolled back");
                unitOfWork.current().preventCommit();
            });
            assertThat(list()).isEmpty();
            unitOfWork.with(Propagation.NESTED).run(() -> list().add("kept"));
            assertThat(list()).containsExactly("kept");
        });

        assertThat(created).hasValue(2);
    }

    @Test
    void cannotBeAskedForByTheirOwnFactory() {
        unitOfWork.run(() -> {
            assertThatThrownBy(() -> unitOfWork.current().resource(key, this::list))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("ResourceKey(list)");
            assertThatThrownBy(() -> unitOfWork
                            .current()
                            .resource(
                                    key,
                                    () -> unitOfWork.with(Propagation.NESTED).call(this::list)))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(list()).isEmpty();
        });
    }

    @Test
    void mayDependOnEachOther() {
        ResourceKey<String> dependent = ResourceKey.of("dependent");

        String value = unitOfWork.call(() -> unitOfWork.current().resource(dependent, () -> "of " + list().size()));

        assertThat(value).isEqualTo("of 0");
    }

    @Test
    void mayBeTriedAgainAfterTheirFactoryFailed() {
        unitOfWork.run(() -> {
            IllegalArgumentException failure = new IllegalArgumentException();
            assertThatThrownBy(() -> unitOfWork.current().resource(key, () -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThat(list()).isEmpty();
        });
    }

    @Test
    void mustNotBeNull() {
        unitOfWork.run(() -> assertThatThrownBy(() -> unitOfWork.current().resource(key, () -> null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("ResourceKey(list)"));
    }

    @Test
    void areNotClosedWithTheTransaction() {
        List<String> heard = new ArrayList<>();
        ResourceKey<AutoCloseable> closeable = ResourceKey.of("closeable");

        unitOfWork.run(() -> unitOfWork.current().resource(closeable, () -> () -> heard.add("closed")));

        assertThat(heard).isEmpty();
    }

    @Test
    void areGoneWithTheTransaction() {
        TransactionScope scope = unitOfWork.begin();
        scope.commit();

        assertThatThrownBy(() -> scope.resource(key, ArrayList::new)).hasMessageContaining("has ended");
        assertThatThrownBy(this::list).isInstanceOf(NoActiveTransactionException.class);
    }
}
