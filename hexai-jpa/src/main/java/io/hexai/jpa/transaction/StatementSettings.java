package io.hexai.jpa.transaction;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was set of a statement before it is prepared, and its parameters, in this order. Confined to its thread. */
final class StatementSettings {

    private final List<Setting> settings = new ArrayList<>();
    private int highestParameter;

    /** One call of a setter. */
    static final class Setting {
        private final Method method;
        private final @Nullable Object @Nullable [] arguments;

        Setting(Method method, @Nullable Object @Nullable [] arguments) {
            this.method = method;
            this.arguments = arguments;
        }

        Method method() {
            return method;
        }

        @Nullable
        Object @Nullable [] arguments() {
            return arguments;
        }

        /** The parameter's number; 0 for what is set of the statement itself. */
        private int parameter() {
            return arguments != null && arguments.length > 1 && arguments[0] instanceof Integer number ? number : 0;
        }

        private boolean replaces(Setting earlier) {
            return parameter() == earlier.parameter()
                    && (parameter() > 0 || method.getName().equals(earlier.method.getName()));
        }
    }

    /** What is set for a second time replaces the first, so that no more is kept than there are parameters. */
    void add(Setting setting) {
        if (setting.parameter() > highestParameter) {
            highestParameter = setting.parameter();
            settings.add(setting);
        } else {
            addOrReplace(setting);
        }
    }

    private void addOrReplace(Setting setting) {
        for (int i = 0; i < settings.size(); i++) {
            if (setting.replaces(settings.get(i))) {
                settings.set(i, setting);
                return;
            }
        }
        settings.add(setting);
    }

    void clearParameters() {
        settings.removeIf(setting -> setting.parameter() > 0);
        highestParameter = 0;
    }

    List<Setting> all() {
        return settings;
    }
}
