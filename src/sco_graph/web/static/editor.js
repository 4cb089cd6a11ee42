/* Puts Yasgui in the place of the plain form of /sparql. The form stays in the page: it is hidden
   once Yasgui stands, and is the editor wherever this does not run. Nothing but this server is
   ever asked. */

import { asking, make, prepare } from "./editor-answers.js";
import { translate } from "./editor-words.js";

const { Yasgui } = window;
const { Yasqe, Yasr } = Yasgui;
const form = document.querySelector("form.editor");
const { ours, yasgui: theirs, base } = JSON.parse(form.dataset.given);
const endpoint = form.action;

// ---- prefixes: the page's own list, and no other

const prefixes = Object.fromEntries(
  [...document.querySelectorAll(".prefixes div")].map((row) => [
    row.querySelector("dt").textContent.slice(0, -1),
    row.querySelector("dd").textContent,
  ]),
);
Yasqe.forkAutocompleter("prefixes", {
  name: "prefixes",
  get: Object.entries(prefixes).map(([name, space]) => `${name}: <${space}>`),
  persistenceId: null,
});

// The server knows them; Yasqe marks as wrong what a query uses and does not declare.
const undeclared = (query) =>
  Object.entries(prefixes).filter(
    ([name]) =>
      RegExp(`(?<![\\w.:-])${name}:`).test(query) &&
      !RegExp(`prefix\\s+${name}:`, "i").test(query),
  );
const declared = (query) =>
  undeclared(query).map(([name, space]) => `PREFIX ${name}: <${space}>\n`).join("") + query;

// ---- completion: the classes and properties that this graph has

let described; // is asked for once, however many tabs there are
const terms = async (kind) => {
  described ??= fetch(form.dataset.void, { headers: { Accept: "application/n-triples" } }).then(
    (reply) => (reply.ok ? reply.text() : ""),
  );
  const found = RegExp(`<http://rdfs.org/ns/void#${kind}> <(.+?)>`, "g");
  return new Set([...(await described).matchAll(found)].map((match) => match[1]));
};

const short = (iri, known) => {
  const [name, space] = Object.entries(known)
    .filter(([, start]) => iri.startsWith(start))
    .reduce((best, next) => (next[1].length > best[1].length ? next : best), ["", ""]);
  const rest = iri.slice(space.length);
  return space && /^[\w-]*$/.test(rest) ? `${name}:${rest}` : `<${iri}>`;
};

for (const kind of ["class", "property"]) {
  Yasqe.forkAutocompleter(kind, {
    name: kind,
    get: async (yasqe, token) => {
      const known = { ...prefixes, ...yasqe.getPrefixesFromQuery() };
      const typed = token.string.trim().toLowerCase();
      return [...(await terms(kind))]
        .map((iri) => [short(iri, known), `<${iri}>`])
        .filter((names) => names.some((name) => name.toLowerCase().includes(typed)))
        .map(([name]) => name)
        .sort();
    },
    preProcessToken: (yasqe, token) => {
      const here = { ch: yasqe.getCursor().ch };
      return token.string.trim() ? token : { ...token, from: here, to: here };
    },
    postProcessSuggestion: undefined,
  });
}

// ---- the editor

const text = (tab) => tab.getYasqe()?.getValue() ?? tab.getPersistedJson().yasqe.value;

/** Show a query in its tab, or in a new one. */
const open = (yasgui, query, name) => {
  const value = declared(query);
  const known = Object.values(yasgui._tabs).find((tab) => text(tab) === value);
  known?.select();
  return known ?? yasgui.addTab(true, { name: yasgui.createTabName(name), yasqe: { value } });
};

/** Follow a link that Yasgui made: of all that it holds, query, name and view are read. */
const follow = (yasgui) => {
  const given = new URLSearchParams(location.hash.slice(1));
  if (!given.has("query")) return false;
  history.replaceState(null, "", location.pathname + location.search);
  const tab = open(yasgui, given.get("query"), given.get("tabTitle"));
  const view = given.get("outputFormat");
  if (view in Yasr.plugins) tab.getYasr().selectedPlugin = view;
  tab.query().catch(() => {}); // what went wrong is shown where the answer would be
  return true;
};

const load = async (yasgui, place, link) => {
  try {
    const reply = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    open(yasgui, page.getElementById("query").value, link.textContent).getYasqe().focus();
    place.scrollIntoView();
  } catch {
    location.assign(link.href);
  }
};

const start = (place) => {
  prepare(Yasr, endpoint, base, ours);
  const longest = Object.entries(prefixes).sort(([, a], [, b]) => b.length - a.length);
  const yasgui = new Yasgui(place, {
    autofocus: false,
    persistenceId: "sco-graph",
    populateFromUrl: false,
    tabName: ours.tab,
    requestConfig: { endpoint: () => endpoint, acceptHeaderGraph: "text/turtle,*/*;q=0.9" },
    yasqe: {
      value: declared(form.elements.query.value),
      screenReaderLabel: ours.label,
      extraKeys: { Tab: false, "Shift-Tab": false },
    },
    // An answer is not kept: the graph may be another tomorrow.
    yasr: { prefixes: Object.fromEntries(longest), maxPersistentResponseSize: 0 },
  });
  yasgui.on("query", (_, tab) => {
    document.getElementById("answer")?.closest("section").remove(); // to another query
    asking(tab);
  });
  const named = new URLSearchParams(location.search);
  if (!follow(yasgui) && (named.has("query") || named.has("saved"))) {
    open(yasgui, form.elements.query.value);
  }
  addEventListener("hashchange", () => follow(yasgui));
  place.querySelector(".addTab").setAttribute("role", "tab"); // arrows lead to it as to the others
  place.addEventListener("paste", () =>
    setTimeout(() => {
      const yasqe = yasgui.getTab().getYasqe();
      yasqe.addPrefixes(Object.fromEntries(undeclared(yasqe.getValue())));
    }),
  );
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-saved]");
    const aside = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || aside || event.button) return;
    event.preventDefault();
    load(yasgui, place, link);
  });
};

const place = make("section");
place.id = "yasgui";
place.setAttribute("aria-label", ours.label);
form.after(place);
translate(place, ours, theirs);
try {
  start(place);
  place.append(Object.assign(make("p", ours.keys), { className: "hint" }));
  form.hidden = true;
} catch (error) {
  place.remove();
  console.error(error);
}
