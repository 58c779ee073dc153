package io.hexai.jpa.internal;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Set;
import org.hibernate.Hibernate;
import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.engine.spi.CascadeStyle;
import org.hibernate.engine.spi.CascadingAction;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/** Finds the entities of a persistence context that an action on one of them reaches by cascading, without loading any. */
public final class CascadeWalk {

    private final CascadingAction<?> action;
    private final SessionImplementor session;
    private final Set<Object> reached = Collections.newSetFromMap(new IdentityHashMap<>());

    private CascadeWalk(CascadingAction<?> action, SessionImplementor session) {
        this.action = action;
        this.session = session;
    }

    /**
     * Walks along the associations that cascade the action, as far as they are in memory.
     *
     * @param entity where to begin
     * @param action what cascades
     * @param session in which the entity is managed
     * @return the entity and all that is reached, by identity; empty if it is not managed
     */
    public static Set<Object> from(Object entity, CascadingAction<?> action, SessionImplementor session) {
        CascadeWalk walk = new CascadeWalk(action, session);
        walk.visitEntity(entity);
        return walk.reached;
    }

    private void visitEntity(Object entity) {
        EntityEntry entry = session.getPersistenceContextInternal().getEntry(entity);
        if (entry != null && reached.add(entity)) {
            EntityPersister persister = entry.getPersister();
            CascadeStyle[] styles = persister.getPropertyCascadeStyles();
            for (int i = 0; i < styles.length; i++) {
                if (styles[i].doCascade(action)) {
                    visit(persister.getValue(entity, i), persister.getPropertyTypes()[i]);
                }
            }
        }
    }

    private void visit(@Nullable Object value, Type type) {
        if (value == null || value == LazyPropertyInitializer.UNFETCHED_PROPERTY || !Hibernate.isInitialized(value)) {
            return;
        }
        if (type.isEntityType() || type.isAnyType()) {
            visitEntity(Hibernate.unproxy(value));
        } else if (type instanceof CollectionType collection) {
            Type elementType = collection.getElementType(session.getFactory());
            for (Iterator<?> elements = collection.getElementsIterator(value); elements.hasNext(); ) {
                visit(elements.next(), elementType);
            }
        } else if (type instanceof ComponentType component) {
            for (int i = 0; i < component.getSubtypes().length; i++) {
                if (component.getCascadeStyle(i).doCascade(action)) {
                    visit(component.getPropertyValue(value, i), component.getSubtypes()[i]);
                }
            }
        }
    }
}
