package io.hexai.jpa.mapping;

import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Path;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.util.List;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.restriction.Restriction;

/** Compares a column with ciphertexts as they are, past the type that would encrypt them. Immutable. */
record EqualUnderAnyKey<T>(String attribute, List<byte[]> ciphertexts, boolean isNegated) implements Restriction<T> {

    @Override
    public Restriction<T> negated() {
        return new EqualUnderAnyKey<>(attribute, ciphertexts, !isNegated);
    }

    @Override
    public Predicate toPredicate(Root<? extends T> root, CriteriaBuilder builder) {
        Path<?> path = root;
        for (String step : attribute.split("\\.", -1)) {
            path = path.get(step);
        }
        Path<?> column = path;
        HibernateCriteriaBuilder hibernate = (HibernateCriteriaBuilder) builder;
        Predicate[] anyKey = ciphertexts.stream()
                .map(ciphertext ->
                        hibernate.isTrue(hibernate.sql("(? = ?)", Boolean.class, column, hibernate.value(ciphertext))))
                .toArray(Predicate[]::new);
        Predicate equal = builder.or(anyKey);
        return isNegated ? builder.not(equal) : equal;
    }

    /** Returns a text without any value. */
    @Override
    public String toString() {
        return attribute + (isNegated ? " <> " : " = ") + "(encrypted)";
    }
}
