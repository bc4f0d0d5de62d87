// The stored page in its frame. No script runs in there; what listens and marks is this one, from outside.

const frame = document.getElementById("frame");
let blocks = [];
let listeners = {};

const inside = () => frame.contentDocument;
const all = (selector) => [...inside().querySelectorAll(selector)];

export function listen(to) {
  listeners = to;
}

/** Show a page; the view stays where it was if it is the same page again. */
export function show(number, revision, stay) {
  const place = stay ? inside()?.scrollingElement?.scrollTop ?? 0 : 0;
  return new Promise((resolve) => {
    frame.addEventListener("load", () => resolve(ready(place)), { once: true });
    frame.src = `pages/${number}?revision=${revision}`;
  });
}

function ready(place) {
  const shown = inside();
  for (const marked of all("[data-r], [data-h]")) if (!marked.textContent.trim()) marked.dataset.empty = "";
  blocks = findBlocks(shown);
  shown.addEventListener("click", (event) => {
    const picked = elementAt(event.target);
    if (picked) listeners.picked?.(picked);
  });
  shown.addEventListener("mouseover", (event) => hover(elementAt(event.target)));
  shown.addEventListener("mouseleave", () => hover(null));
  shown.addEventListener("keydown", (event) => listeners.key?.(event));
  if (shown.scrollingElement) shown.scrollingElement.scrollTop = place;
}

/** The boxes that hold text or a picture themselves, in page order. */
function findBlocks(shown) {
  const found = new Set();
  const walker = shown.createTreeWalker(shown.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const isText = node.nodeType === Node.TEXT_NODE;
    if (isText ? node.data.trim() : node.dataset.t === "media") {
      const box = (isText ? node.parentElement : node).closest("div[data-n]");
      if (box) found.add(box);
    }
  }
  return [...found];
}

const elementAt = (node) => (node instanceof inside().defaultView.Element ? node : node.parentElement)?.closest("[data-n]");

function hover(element) {
  for (const before of all("[data-hover]")) delete before.dataset.hover;
  if (element && element.dataset.n !== "0") element.dataset.hover = "";
}

export const numberOf = (element) => Number(element.dataset.n);
export const byNumber = (number) => inside().querySelector(`[data-n="${Number(number)}"]`);
export const byRemoval = (number) => inside().querySelector(`[data-r="${Number(number)}"], [data-h="${Number(number)}"]`);

/** Which removal an element is a part of, and which one was held back from it; null for none. */
export function fate(element) {
  const removed = element.closest("[data-r]") ?? onlyChild(element, "[data-r]");
  const held = element.closest("[data-h]") ?? onlyChild(element, "[data-h]");
  return {
    removed: removed ? Number(removed.dataset.r) : null,
    held: held ? Number(held.dataset.h) : null,
  };
}

/** Texts that are marked, and not their element, stand in it alone. */
function onlyChild(element, selector) {
  const child = element.querySelector(`:scope > ${selector}:not([data-n])`);
  return child && child.textContent.trim() === element.textContent.trim() ? child : null;
}

export function pick(element, { scroll = true } = {}) {
  for (const before of all("[data-picked]")) delete before.dataset.picked;
  if (!element) return;
  element.dataset.picked = "";
  if (scroll) element.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Mark what a rule would take. */
export function take(numbers) {
  for (const before of all("[data-taken]")) delete before.dataset.taken;
  for (const number of numbers) {
    const element = byNumber(number);
    if (element) element.dataset.taken = "";
  }
}

/** The block before or after an element. */
export function step(from, by) {
  if (!blocks.length) return null;
  if (!from) return by > 0 ? blocks[0] : blocks.at(-1);
  const follows = (block) => from.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING && !from.contains(block);
  const precedes = (block) => from.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_PRECEDING && !block.contains(from);
  return (by > 0 ? blocks.find(follows) : blocks.findLast(precedes)) ?? null;
}

export const wider = (element) => element.parentElement?.closest('[data-n]:not([data-n="0"])') ?? null;

export const textOf = (element) => element.innerText || element.dataset.alt || "";
export const position = (element) => [blocks.indexOf(element) + 1, blocks.length];
