/* How Yasr shows an answer here: two views that the server draws, links to our own pages, and what
   went wrong in the server's words. */

const queries = new WeakMap(); // the query that a pane of answers answers
const chosen = new WeakSet(); // the panes whose view a comment chose
const VIEWS = ["table", "timeline", "graph"];

export const make = (tag, words = "") =>
  Object.assign(document.createElement(tag), { textContent: words });

/** Note a query before it is asked, and choose the view that its comment names, or else a table. */
export function asking(tab) {
  const yasr = tab.getYasr();
  queries.set(yasr, tab.getQuery());
  const named = /^[ \t]*#[ \t]*defaultView:[ \t]*(\w+)/im.exec(tab.getQuery())?.[1].toLowerCase();
  if (VIEWS.includes(named)) {
    yasr.selectedPlugin = named;
    chosen.add(yasr);
  } else if (chosen.delete(yasr)) {
    yasr.selectedPlugin = "table";
  }
}

const drawn = (endpoint, ours) =>
  class {
    priority = 1;

    constructor(yasr) {
      this.yasr = yasr;
    }

    canHandleResults() {
      const { results } = this.yasr;
      return Boolean(results) && !results.hasError() && results.getBoolean() === undefined;
    }

    async draw() {
      const box = make("div", ours.waiting);
      box.className = "view";
      this.yasr.resultsEl.append(box);
      const lang = document.documentElement.lang;
      const options = new URLSearchParams({ format: "html", view: this.view, lang });
      try {
        const reply = await fetch(`${endpoint}?${options}`, {
          method: "POST", // a query may be longer than an address
          headers: { Accept: "text/html" },
          body: new URLSearchParams({ query: queries.get(this.yasr) }),
        });
        const page = new DOMParser().parseFromString(await reply.text(), "text/html");
        const view = page.getElementById("view");
        if (view) box.replaceChildren(document.importNode(view, true));
        else box.textContent = page.querySelector("main .title").textContent.trim();
      } catch (error) {
        box.textContent = error.message;
      }
    }
  };

/** Tell Yasr of the views, of where IRIs of ours have pages, and of how problems are told. */
export function prepare(Yasr, endpoint, base, ours) {
  const View = drawn(endpoint, ours);
  for (const name of VIEWS.slice(1)) {
    Yasr.registerPlugin(
      name,
      class extends View {
        view = name;
        label = ours[name];
      },
    );
  }
  Yasr.defaults.pluginOrder = [...VIEWS, "response"];

  const { table } = Yasr.plugins;
  Object.assign(table.defaults.tableConfig.language, {
    info: ours.page,
    infoEmpty: "",
    infoFiltered: ours.found,
    zeroRecords: ours.nothing,
    emptyTable: ours.nothing,
    aria: {
      orderable: `: ${ours.sort}`,
      orderableReverse: `: ${ours.turn}`,
      orderableRemove: `: ${ours.unsort}`,
      paginate: { first: ours.first, previous: ours.previous, next: ours.next, last: ours.last },
    },
  });
  // Of a long answer only the page that is shown is drawn: widths and kinds of columns are found
  // without drawing each cell, which stops the browser for seconds.
  table.defaults.tableConfig.autoWidth = false;
  const columns = table.prototype.getColumns;
  table.prototype.getColumns = function () {
    return columns.call(this).map(({ render, ...column }) => ({
      ...column,
      render: (data, type, ...more) => render(data, type === "type" ? "sort" : type, ...more),
    }));
  };
  const link = table.prototype.getUriLinkFromBinding;
  table.prototype.getUriLinkFromBinding = function (...given) {
    return link.apply(this, given).replace(`href="${base}`, 'href="/');
  };

  Yasr.defaults.errorRenderers = [
    async ({ text }) => {
      let said = { title: /abort/i.test(text) ? ours.stopped : text };
      try {
        said = { ...said, ...JSON.parse(text) }; // a problem, as RFC 9457 tells it
      } catch {} // or what the browser says
      const box = make("div");
      box.setAttribute("role", "alert");
      box.append(make("strong", said.title), make("p", said.detail));
      return box;
    },
  ];
}
