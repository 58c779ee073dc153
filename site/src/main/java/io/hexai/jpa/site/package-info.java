/**
 * Makes the site out of the repository: its Markdown pages, the sources that they link to, and a search over all of them, as
 * plain files that a browser opens from the disk. Start reading at {@link io.hexai.jpa.site.SiteBuilder}.
 */
@NullMarked
package io.hexai.jpa.site;

import org.jspecify.annotations.NullMarked;
