// The keys, and the list of them. They can be bound to Alt, for those whose software uses single keys itself.

import { byId, element } from "./dom.js";

const STORED = "cleanpage-single-keys";

export const KEYS = [
  ["j", "nextBlock", "Next block of the page"],
  ["k", "previousBlock", "Previous block"],
  ["w", "wider", "Wider: what stands around the block"],
  ["e", "narrower", "Narrower: back again"],
  ["x", "nextRemoval", "Next block that a rule took, or was held back from"],
  ["c", "toChoices", "To the selectors that could find it"],
  ["/", "toSelector", "To the selector, to write one"],
  ["g", "toCategory", "To the category"],
  ["s", "save", "Save the rule"],
  ["t", "test", "Test: run the file’s examples"],
  ["u", "undo", "Undo: take the last rule back"],
  ["1", "showBlock", "Show the block"],
  ["2", "showRemoved", "Show what was removed"],
  ["3", "showText", "Show the clean text"],
  ["4", "showArticle", "Show the article"],
  ["f", "toFrame", "To the stored page"],
  ["n", "nextPage", "Next page"],
  ["p", "previousPage", "Previous page"],
  ["r", "reload", "Read the rules again"],
  ["?", "help", "These keys"],
  ["Esc", "leave", "Leave a field; let go of the block"],
];

const byKey = new Map(KEYS.map(([key, name]) => [key === "Esc" ? "Escape" : key, name]));

function needsAlt() {
  return !byId("single-keys").checked;
}

/** Listen for keys, here or in the frame. */
export function handler(actions) {
  return (event) => {
    const name = byKey.get(event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (!name || event.ctrlKey || event.metaKey || byId("help").open) return;
    const isWriting = event.target.matches?.("input:not([type=radio], [type=checkbox]), select, textarea");
    if (name === "leave") {
      if (isWriting) event.target.blur();
      else actions.leave();
      return;
    }
    if (event.altKey !== needsAlt() || (isWriting && !event.altKey)) return;
    event.preventDefault();
    actions[name]();
  };
}

export function list() {
  byId("keys").tBodies[0].replaceChildren(
    ...KEYS.map(([key, , what]) => element("tr", {}, element("td", {}, element("kbd", {}, key)), element("td", {}, what))),
  );
  const box = byId("single-keys");
  box.checked = localStorage.getItem(STORED) !== "no";
  box.addEventListener("change", () => localStorage.setItem(STORED, box.checked ? "yes" : "no"));
}
