// The search: an index of the sections, built when the first letter is typed.
(() => {
  const root = document.documentElement.dataset.root;
  const box = document.getElementById('search');
  const found = document.getElementById('found');
  let index;

  const built = () => index ??= lunr(function () {
    this.ref('number');
    this.field('heading', { boost: 8 });
    this.field('page', { boost: 3 });
    this.field('text');
    window.sections.forEach((section, number) => this.add({ ...section, number }));
  });

  // A section has to hold every word, or one that begins like it: the last one may not be typed to its end.
  const search = words => built().query(query => {
    lunr.tokenizer(words)
      .flatMap(token => built().pipeline.runString(token.toString()))
      .forEach(stem => query.term(stem, {
        presence: lunr.Query.presence.REQUIRED,
        wildcard: lunr.Query.wildcard.TRAILING,
      }));
  });

  const entry = section => {
    const link = document.createElement('a');
    link.href = root + section.address;
    link.textContent = section.heading;
    const page = document.createElement('small');
    page.textContent = section.page;
    const item = document.createElement('li');
    item.append(link, page);
    return item;
  };

  box.addEventListener('input', () => {
    const words = box.value.trim();
    const hits = words ? search(words).slice(0, 12).map(hit => window.sections[hit.ref]) : [];
    found.replaceChildren(...hits.map(entry));
    if (words && !hits.length) {
      found.textContent = 'Nothing found';
    }
    found.hidden = !words;
  });

  document.addEventListener('keydown', event => {
    if (event.key === '/' && document.activeElement !== box) {
      event.preventDefault();
      box.focus();
    }
  });
})();
