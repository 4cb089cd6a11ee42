/* Yasgui speaks English and leaves some of its controls without a name: here it gets both, as it
   draws itself, in the language of the page. */

const NAMES = ["title", "aria-label", "placeholder"];

/** Say in an element and what is drawn into it later what `theirs` has for Yasgui's own words. */
export function translate(place, ours, theirs) {
  const count = (text) => {
    const [, rows, seconds] =
      /^(?:(\d+) results?|Response)(?: in ([\d.]+) seconds?)?$/.exec(text) ?? [];
    const said = [rows && ours.rows.replace("{n}", rows), seconds && `${seconds} s`];
    return said.filter(Boolean).join(" · ");
  };

  const name = (node) => {
    if (node.matches(".yasr_response_chip")) node.setAttribute("role", "status");
    if (node.matches(".dt-orderable-none .dt-column-title:empty")) node.textContent = "#";
    if (node.hasAttribute("aria-label")) return;
    if (node.matches("select.tableSizer")) node.setAttribute("aria-label", theirs["Page size: "]);
    if (node.matches(".yasr textarea")) node.setAttribute("aria-label", theirs.Response);
  };

  const say = (node) => {
    name(node);
    if (node.closest("table, .CodeMirror-code, .view")) return; // not ours to word
    for (const key of NAMES) {
      const was = node.getAttribute(key);
      const view = /^Shows (.+) view$/.exec(was)?.[1];
      const own = theirs[view ?? was] ?? view;
      if (own && own !== was) node.setAttribute(key, own);
    }
    if (node.childElementCount) return;
    const own = theirs[node.textContent] || count(node.textContent);
    if (own && own !== node.textContent) node.textContent = own;
  };

  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      say(target);
      for (const node of addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE) [node, ...node.querySelectorAll("*")].forEach(say);
      }
    }
  }).observe(place, { subtree: true, childList: true, attributeFilter: NAMES });
}
