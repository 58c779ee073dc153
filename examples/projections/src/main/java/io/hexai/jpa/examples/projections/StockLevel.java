package io.hexai.jpa.examples.projections;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;

/** The read model: what lies there of an article. An event that was handled twice, or never, would show in it for good. */
@Entity
class StockLevel {

    @Id
    private String article;

    private long pieces;

    private long movements;

    protected StockLevel() {}

    private StockLevel(String article) {
        this.article = article;
    }

    static void apply(EntityManager entityManager, StockMoved moved) {
        StockLevel level = entityManager.find(StockLevel.class, moved.article());
        if (level == null) {
            level = new StockLevel(moved.article());
            entityManager.persist(level);
        }
        level.pieces += moved.pieces();
        level.movements++;
    }

    Warehouse.Level level() {
        return new Warehouse.Level(article, pieces, movements);
    }
}
