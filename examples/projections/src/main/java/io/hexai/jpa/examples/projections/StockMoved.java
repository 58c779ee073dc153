package io.hexai.jpa.examples.projections;

import io.hexai.jpa.event.EventType;

/** Pieces of an article came in, or went out if there are less than none. */
@EventType("warehouse.stock-moved")
record StockMoved(String article, int pieces) {}
