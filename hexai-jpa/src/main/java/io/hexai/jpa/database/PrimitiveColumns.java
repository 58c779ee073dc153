package io.hexai.jpa.database;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Selectable;
import org.hibernate.mapping.SingleTableSubclass;

/** Finds the columns of attributes of primitive types, which are never null although their columns may be mapped so. */
final class PrimitiveColumns {

    private final Set<Column> columns = Collections.newSetFromMap(new IdentityHashMap<>());

    private PrimitiveColumns() {}

    static Set<Column> of(Metadata model) {
        PrimitiveColumns found = new PrimitiveColumns();
        for (PersistentClass entity : model.getEntityBindings()) {
            // Rows of the other classes have no value in a subclass's column.
            if (!(entity instanceof SingleTableSubclass) && entity.getMappedClass() != null) {
                found.add(entity.getMappedClass(), entity.getProperties());
            }
        }
        return found.columns;
    }

    private void add(Class<?> owner, Collection<Property> properties) {
        for (Property property : properties) {
            if (property.getValue() instanceof Component component && !component.isDynamic()) {
                add(component.getComponentClass(), component.getProperties());
            } else if (!property.isSynthetic()
                    && !property.isBackRef()
                    && property.getGetter(owner).getReturnTypeClass().isPrimitive()) {
                for (Selectable selectable : property.getSelectables()) {
                    if (selectable instanceof Column column) {
                        columns.add(column);
                    }
                }
            }
        }
    }
}
