package io.hexai.jpa.database;

import java.io.Serializable;

/**
 * One thing that is wrong with a configuration. Immutable.
 *
 * @param name where the value came from: the variable's name, or the setting's
 * @param problem what is wrong with it, as a phrase that continues the name; never holds a password
 */
public record ConfigFault(String name, String problem) implements Serializable {

    /** Returns the name and the problem as one sentence. */
    @Override
    public String toString() {
        return name + " " + problem;
    }
}
