// The workbench: one page at a time, a block picked in it, and the rule that is being written for it.

import * as api from "./api.js";
import { byId, count, element, short } from "./dom.js";
import * as keys from "./keys.js";
import * as panels from "./panels.js";
import * as stage from "./stage.js";

const WAIT = 150; // milliseconds after the last change of a rule
const TABS = ["block", "removed", "text", "article"];

const state = { pages: [], number: 0, page: null, picked: null, narrower: [], choices: [], others: 0, level: 0 };
let asked = 0; // what is answered too late is dropped
let timer = 0;

function say(text, isError = false) {
  byId("say").textContent = text;
  byId("say").classList.toggle("error", isError);
}

/** Run something that asks the server; what goes wrong is said. */
const safely = (work) => async (...given) => {
  try {
    return await work(...given);
  } catch (error) {
    say(error.message, true);
    return undefined;
  }
};

// --- pages

async function open(number, stay = false) {
  const mine = ++asked;
  document.body.setAttribute("aria-busy", "true");
  try {
    const page = await api.page(number);
    if (mine !== asked) return;
    const again = stay && state.picked ? stage.numberOf(state.picked) : null;
    await stage.show(number, page.revision, stay);
    Object.assign(state, { number, page, picked: null, narrower: [] });
    byId("page").value = String(number);
    byId("site").textContent = state.pages[number].url || "its site is not known";
    panels.score(page.article);
    panels.removals(page.removed, openRemoval);
    panels.texts(page);
    showTarget(page.target);
    if (again !== null) await pick(stage.byNumber(again), { quiet: true });
    else letGo();
  } finally {
    document.body.removeAttribute("aria-busy");
  }
}

function showTarget(target) {
  byId("target").replaceChildren(target.error ?? (target.isNew ? "Rules go to a new file: " : "Rules go to "), target.error ? "" : element("code", {}, target.file));
}

const turn = (by) => safely(async () => {
  const number = state.number + by;
  if (number < 0 || number >= state.pages.length) return say(by > 0 ? "This is the last page." : "This is the first page.");
  await open(number);
  say(`Page ${number + 1} of ${state.pages.length}: ${state.pages[number].name}`);
});

// --- blocks

async function pick(block, { quiet = false } = {}) {
  if (!block || block.dataset.n === "0") return;
  const mine = ++asked;
  state.picked = block;
  stage.pick(block);
  showTab("block");
  clearRule();
  if (!quiet) panels.outcome([]);
  const text = stage.textOf(block);
  const { removed, held } = stage.fate(block);
  const known = removed ?? held;
  if (known !== null) {
    const one = state.page.removed[known];
    byId("picked").replaceChildren(...panels.known(one, one.path));
    if (!quiet) say(`${where(block)}${one.held ? "held back" : "removed"}, ${one.category}, by ${one.rule}: ${short(text)}`);
  } else {
    byId("picked").replaceChildren(...panels.unknown(text, kind(block), null));
    if (!quiet) say(`${where(block)}left: ${short(text)}`);
  }
  const isTaken = removed !== null;
  const answer = await api.choices(state.number, stage.numberOf(block), isTaken);
  if (mine !== asked) return;
  Object.assign(state, { choices: answer.choices, others: answer.others });
  if (known === null) byId("picked").replaceChildren(...panels.unknown(text, kind(block), answer.isArticle));
  byId("rule").hidden = isTaken && quiet; // what was just saved need not be kept
  byId("choices-title").textContent = isTaken ? "If it should stay: what could keep it" : "What could find it";
  panels.choiceList(answer.choices, answer.others, -1, (place) => choose(place));
  // What would take of the article, or give back what a rule took, is never chosen unasked.
  if (answer.choices.length && !answer.choices[0].article && !isTaken) choose(0, true);
  else {
    fill({ css: "", equals: "", heading: "", category: isTaken ? "keep" : "" });
    byId("takes").textContent = answer.choices.length && !isTaken ? "Each of these takes something of an article." : "";
  }
}

const KINDS = { p: "paragraph", li: "entry", a: "link", h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading", h6: "heading", ul: "list", ol: "list", button: "button", aside: "box at the side", td: "cell", media: "picture or player" };

const kind = (block) => KINDS[block.dataset.t] ?? "box";

const where = (block) => {
  const [place, of] = stage.position(block);
  return place ? `Block ${place} of ${of}, ` : "";
};

function clearRule() {
  clearTimeout(timer);
  stage.take([]);
  panels.preview(null);
  byId("rule").hidden = true;
  state.choices = [];
}

function letGo() {
  asked += 1;
  stage.pick(null);
  Object.assign(state, { picked: null, narrower: [] });
  clearRule();
  byId("picked").replaceChildren(element("p", { class: "hint" }, "Click a block of the page, or press ", element("kbd", {}, "j"), ", to see which rule takes it, or what could."));
}

function openRemoval(number) {
  const block = stage.byRemoval(number);
  if (!block) return say("It has no place on the page that can be shown.");
  state.narrower = [];
  return pick(block.closest("[data-n]"));
}

const walk = (by) => safely(async () => {
  const block = stage.step(state.picked, by);
  if (!block) return say(by > 0 ? "This is the last block." : "This is the first block.");
  state.narrower = [];
  await pick(block);
});

const widen = safely(async () => {
  const around = state.picked && stage.wider(state.picked);
  if (!around) return say(state.picked ? "Nothing stands around it." : "Pick a block first.");
  const before = [...state.narrower, state.picked];
  await pick(around);
  state.narrower = before;
});

const narrow = safely(async () => {
  const before = [...state.narrower];
  const inner = before.pop();
  if (!inner) return say("There is nothing narrower to go back to.");
  await pick(inner);
  state.narrower = before;
});

const nextRemoval = safely(async () => {
  const total = state.page.removed.length;
  if (!total) return say("No rule took anything from this page.");
  const { removed, held } = state.picked ? stage.fate(state.picked) : { removed: null, held: null };
  for (let by = 1; by <= total; by += 1) {
    const number = ((removed ?? held ?? -1) + by) % total;
    if (stage.byRemoval(number)) return openRemoval(number);
  }
  return say("Nothing that rules took has a place on the page that can be shown.");
});

// --- the rule

function fill(rule) {
  byId("css").value = rule.css;
  byId("condition").value = rule.equals ? "equals" : rule.heading ? "heading" : "";
  byId("phrase").value = rule.equals || rule.heading;
  byId("phrase").disabled = !byId("condition").value;
  byId("category").value = rule.category;
}

function written() {
  const condition = byId("condition").value;
  const rule = { css: byId("css").value.trim(), equals: "", heading: "", category: byId("category").value };
  if (condition) rule[condition] = byId("phrase").value.trim();
  return rule;
}

function choose(place, quiet = false) {
  const one = state.choices[place];
  fill(one);
  byId(`choice-${place}`).checked = true;
  stage.take(one.elements);
  byId("takes").textContent = panels.takes(one, state.others);
  look(0, { quiet });
}

function changed() {
  byId("phrase").disabled = !byId("condition").value;
  for (const input of document.querySelectorAll('input[name="choice"]')) input.checked = false;
  look(WAIT, { isWritten: true });
}

/** See what the rule would change, once nothing has changed it for a while. */
function look(wait, { isWritten = false, quiet = false } = {}) {
  clearTimeout(timer);
  const mine = ++asked;
  timer = setTimeout(safely(async () => {
    const rule = written();
    if (!rule.css) {
      stage.take([]);
      return panels.preview(null);
    }
    if (isWritten) {
      const one = await api.tryRule(state.number, rule);
      if (mine !== asked) return undefined;
      stage.take(one.elements);
      byId("takes").textContent = panels.takes(one, state.others) + (one.article ? `; it takes of the article on ${one.article.page}: “${short(one.article.text, 60)}”` : "");
      byId("takes").classList.toggle("warn", one.article !== null);
      if (!rule.category) byId("category").value = rule.category = one.category;
    } else byId("takes").classList.remove("warn");
    if (!rule.category) {
      panels.preview(null);
      return quiet ? undefined : say(`${rule.css}: choose what it removes (g).`);
    }
    const change = await api.preview(state.number, rule);
    if (mine !== asked) return undefined;
    panels.preview(change);
    const back = change.back ? `${count(change.back, "word")} would come back, ` : "";
    return quiet ? undefined : say(`${rule.css} as ${rule.category}: ${back}${count(change.gone, "word")} would go${change.lost > 0 ? `, ${count(change.lost, "line")} of the article among them` : ", nothing of the article"}.`);
  }), wait);
}

const save = safely(async () => {
  const rule = written();
  if (byId("rule").hidden || !rule.css) return say("Pick a block and choose a selector first.", true);
  if (!rule.category) {
    byId("category").focus();
    return say("Choose a category first: what is it that the rule removes?", true);
  }
  clearTimeout(timer);
  const answer = await api.save(state.number, { ...rule, example: byId("example").checked });
  panels.outcome(panels.saved(answer));
  await open(state.number, true);
  byId("outcome").scrollIntoView({ block: "nearest" });
  return say(`Saved in ${answer.file}${answer.hasExample ? ", with an example" : ", without an example"}.`);
});

const test = safely(async () => {
  const report = await api.test(state.number);
  showTab("block");
  panels.outcome(panels.tested(report));
  byId("outcome").scrollIntoView({ block: "nearest" });
  return say(`${count(report.examples, "example")}: ${report.failures.length ? `${report.failures.length} failed` : "all passed"}.`);
});

const undo = safely(async () => {
  const answer = await api.undo();
  panels.outcome([]);
  await open(state.number, true);
  return say(`Taken back: ${answer.file} is as it was.`);
});

const reload = safely(async () => {
  await api.reload();
  await open(state.number, true);
  return say("The rules have been read again.");
});

// --- tabs

function showTab(name, { focus = false } = {}) {
  for (const one of TABS) {
    const tab = byId(`tab-${one}`);
    tab.setAttribute("aria-selected", String(one === name));
    tab.tabIndex = one === name ? 0 : -1;
    byId(`panel-${one}`).hidden = one !== name;
    if (focus && one === name) tab.focus();
  }
}

function tabKey(event) {
  const here = TABS.findIndex((one) => byId(`tab-${one}`).getAttribute("aria-selected") === "true");
  const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  showTab(TABS[(to + TABS.length) % TABS.length], { focus: true });
}

// --- wiring

const focusOn = (id) => () => (byId("rule").hidden ? say("Pick a block that no rule takes first.") : byId(id).focus());

const actions = {
  nextBlock: walk(1),
  previousBlock: walk(-1),
  wider: widen,
  narrower: narrow,
  nextRemoval,
  toChoices: () => (document.querySelector('input[name="choice"]:checked') ?? document.querySelector('input[name="choice"]') ?? byId("css")).focus(),
  toSelector: focusOn("css"),
  toCategory: focusOn("category"),
  save,
  test,
  undo,
  showBlock: () => showTab("block", { focus: true }),
  showRemoved: () => showTab("removed", { focus: true }),
  showText: () => showTab("text", { focus: true }),
  showArticle: () => showTab("article", { focus: true }),
  toFrame: () => byId("frame").focus(),
  nextPage: turn(1),
  previousPage: turn(-1),
  reload,
  help: () => byId("help").showModal(),
  leave: letGo,
};

function wire() {
  keys.list();
  const onKey = keys.handler(actions);
  document.addEventListener("keydown", onKey);
  stage.listen({
    key: onKey,
    picked: safely(async (block) => {
      state.narrower = [];
      await pick(block);
    }),
  });
  for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => actions[button.dataset.do]());
  for (const name of TABS) byId(`tab-${name}`).addEventListener("click", () => showTab(name));
  document.querySelector('[role="tablist"]').addEventListener("keydown", tabKey);
  byId("page").addEventListener("change", safely(() => open(Number(byId("page").value))));
  byId("rule").addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  for (const id of ["css", "phrase"]) byId(id).addEventListener("input", changed);
  byId("condition").addEventListener("change", changed);
  byId("category").addEventListener("change", () => look(0));
}

safely(async () => {
  wire();
  const begun = await api.start();
  state.pages = begun.pages;
  byId("page").replaceChildren(...begun.pages.map((page, number) => element("option", { value: String(number) }, page.name)));
  byId("category").replaceChildren(element("option", { value: "" }, "choose …"), ...begun.categories.map((name) => element("option", { value: name }, name)));
  await open(0);
  say(`${count(begun.pages.length, "page")} open. Press j for the first block, ? for all keys.`);
  document.body.dataset.ready = "";
})();
