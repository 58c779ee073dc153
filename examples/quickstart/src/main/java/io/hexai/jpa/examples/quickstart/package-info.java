/**
 * The library's main job in one program: orders are read from a file, and each is stored in one unit of work, its entities
 * together with its events.
 *
 * <p>Start reading at {@link io.hexai.jpa.examples.quickstart.OrderDesk}, where one order is taken; then
 * {@link io.hexai.jpa.examples.quickstart.Quickstart}, the program around it.
 */
@NullMarked
package io.hexai.jpa.examples.quickstart;

import org.jspecify.annotations.NullMarked;
