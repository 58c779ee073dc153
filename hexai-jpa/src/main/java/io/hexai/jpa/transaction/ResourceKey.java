package io.hexai.jpa.transaction;

/**
 * Names a value that lives as long as a transaction. Keys are compared by identity: two keys of the same name are two
 * keys. Immutable.
 *
 * @param <T> the value's type
 */
public final class ResourceKey<T> {

    private final String name;

    private ResourceKey(String name) {
        this.name = name;
    }

    /**
     * Creates a key that equals only itself.
     *
     * @param name for messages
     * @param <T> the value's type
     * @return the key
     */
    public static <T> ResourceKey<T> of(String name) {
        return new ResourceKey<>(name);
    }

    @Override
    public String toString() {
        return "ResourceKey(" + name + ")";
    }
}
