package io.hexai.jpa.repository;

/** The entities of a repository, seen with another purpose. */
final class EntityView<T, ID> extends EntityReader<T, ID> {

    EntityView(EntityFetch<T> fetch) {
        super(fetch);
    }
}
