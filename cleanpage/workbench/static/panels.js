// What stands beside the page.

import { badge, byId, count, element, short } from "./dom.js";

const percent = (share) => `${Math.floor(share * 1000) / 10} %`;

export function score(article) {
  const lost = article.of - article.kept;
  const parts = [
    ["Article’s score", article.score === null ? "not asked" : percent(article.score), ""],
    ["Article", `${count(article.words, "word")}`, ""],
    ["Blocks", article.blocks.toLocaleString("en"), ""],
    ["Lines left", article.of ? `${article.kept} of ${article.of}` : "none found", lost ? "bad" : "good"],
  ];
  byId("score").replaceChildren(
    ...parts.map(([name, value, mood]) => element("div", {}, element("dt", {}, name), element("dd", { class: mood }, value))),
  );
}

export function removals(removed, open) {
  const gone = removed.filter((one) => !one.held);
  const words = gone.reduce((sum, one) => sum + one.words, 0);
  const held = removed.length - gone.length;
  byId("panel-removed").replaceChildren(
    element("h3", {}, `${count(gone.length, "block")} removed (${count(words, "word")}), ${held} held back`),
    element("ul", { class: "removals" }, ...removed.map((one, number) => removalEntry(one, () => open(number)))),
  );
}

function removalEntry(one, open) {
  return element(
    "li", {},
    element(
      "button", { type: "button", onclick: open },
      badge(one), ` ${count(one.words, "word")}`,
      element("span", { class: "words" }, short(one.text, 240) || "a box without words"),
      element("small", {}, one.rule),
    ),
  );
}

export function texts(page) {
  const paragraphs = (text) => element("div", { class: "text" }, ...text.split("\n").filter(Boolean).map((line) => element("p", {}, line)));
  byId("panel-text").replaceChildren(element("h3", {}, "The page, minus nuisance"), paragraphs(page.text));
  const { article } = page;
  byId("panel-article").replaceChildren(
    element("h3", {}, "The article alone"),
    element(
      "dl", { class: "facts" },
      ...fact("Found by", article.evidence.join("; ")),
      ...fact("Scorer", article.score === null ? "not asked" : `${percent(article.score)} sure, over its words`),
      ...fact("Lines", article.of ? `the rules leave ${article.kept} of the ${article.of} longer ones` : "none of any length"),
    ),
    ...(article.gone.length ? [element("p", { class: "warn" }, "Taken from the article:"), lines(article.gone.map((line) => ["-", line]))] : []),
    paragraphs(article.text),
  );
}

const fact = (name, ...value) => [element("dt", {}, name), element("dd", {}, ...value)];

/** A block that a rule took or was held back from. */
export function known(one, path) {
  const places = one.places.map((place) => `${place.file}:${place.line}`);
  return [
    element("h3", {}, one.held ? "Held back: it is still there" : "Removed by a rule"),
    element("p", {}, badge(one), ` ${count(one.words, "word")}`),
    element(
      "dl", { class: "facts" },
      ...fact("Rule", element("code", {}, one.rule)),
      ...fact("Stands in", ...(places.length ? places.map((place) => element("div", {}, element("code", {}, place))) : ["no file that is loaded"])),
      ...(one.held ? fact("Because", one.reason) : []),
      ...fact("Path", element("code", {}, path)),
    ),
    element("blockquote", { class: "quote" }, one.text || "no words"),
  ];
}

/** A block that no rule takes. */
export function unknown(text, tag, isArticle) {
  return [
    element("h3", {}, "No rule takes this"),
    element("blockquote", { class: "quote" }, short(text, 400) || "no words"),
    isArticle === null ? "" : element("p", { class: isArticle ? "warn" : "hint" }, isArticle ? "It holds something of the article: a title, a byline or running text." : `Nothing of the article is in this ${tag}.`),
  ];
}

export function choiceList(choices, others, selected, choose) {
  byId("choice-list").replaceChildren(
    ...choices.map((one, place) => {
      const input = element("input", { type: "radio", name: "choice", id: `choice-${place}`, checked: place === selected, onchange: () => choose(place) });
      return element("label", { class: "choice", for: `choice-${place}` }, input, choiceText(one, others));
    }),
    ...(choices.length ? [] : [element("p", { class: "hint" }, "It has no name that will last. Try what stands around it (w), or its words.")]),
  );
}

function choiceText(one, others) {
  const words = one.equals ? ` whole text is “${short(one.equals, 60)}”` : one.heading ? ` heading is “${short(one.heading, 60)}”` : "";
  const above = one.level ? `, ${one.level} up` : "";
  return element(
    "span", {},
    element("code", {}, one.css), words,
    element("small", {}, `${takes(one, others)}${above}`),
    one.article ? element("small", { class: "warn" }, `takes of the article on ${one.article.page}: “${short(one.article.text, 70)}”`) : null,
  );
}

export const takes = (one, others) =>
  `${count(one.blocks, "block")} here (${count(one.words, "word")})` +
  (others ? `, ${one.otherBlocks} on ${one.otherPages} of ${count(others, "other page")}` : ", no other page of the site is open");

export function preview(change) {
  const box = byId("preview");
  box.hidden = change === null;
  if (change === null) return box.replaceChildren();
  const { kept, of } = change.article;
  box.replaceChildren(
    element("h3", {}, change.gone || change.back ? `${count(change.gone, "word")} would go${change.back ? `, ${count(change.back, "word")} come back` : ""}` : "Nothing would change: other rules see to it"),
    element("p", { class: change.lost > 0 ? "warn" : "fine" }, change.lost > 0 ? `It takes ${count(change.lost, "line")} of the article: ${kept} of ${of} would be left.` : `The article keeps ${kept} of ${count(of, "line")}.`),
    ...change.held.map((one) => element("p", { class: "warn" }, `Held back: ${one.reason}`)),
    lines(change.lines),
    change.more ? element("p", { class: "hint" }, `… and ${change.more} more lines`) : null,
    element("h3", {}, "As the file would have it"),
    element("pre", { class: "diff" }, change.yaml.join("\n")),
  );
}

function lines(changed) {
  const entry = ([sign, text]) =>
    element("li", { class: sign === "-" ? "goes" : "comes" }, element("span", { "aria-label": sign === "-" ? "goes:" : "comes back:", role: "img" }, sign === "-" ? "−" : "+"), ` ${short(text, 300)}`);
  return element("ul", { class: "lines" }, ...changed.map(entry));
}

export function saved(answer) {
  return [
    element("h3", { class: "fine" }, `Saved in ${answer.file}`),
    element("p", {}, answer.hasExample ? "With an example made from this page." : "Without an example: write one by hand."),
    element("pre", { class: "diff", tabIndex: 0, "aria-label": "Changed lines" }, ...answer.diff.split("\n").slice(2).map(diffLine)),
  ];
}

const diffLine = (line) => element(line.startsWith("+") ? "ins" : line.startsWith("-") ? "del" : "span", {}, line || " ");

export function tested(report) {
  const failed = report.failures.length;
  return [
    element("h3", { class: failed ? "warn" : "fine" }, `${count(report.examples, "example")} in ${report.file}: ${failed ? `${failed} failed` : "all passed"}`),
    element("ul", { class: "lines" }, ...report.failures.map((one) =>
      element("li", { class: "goes" }, `line ${one.line}: ${one.message}${one.expected ? `: “${short(one.expected)}”` : ""}${one.rules.length ? ` (${one.rules.join(", ")})` : ""}`))),
    ...report.unshown.map((one) => element("p", { class: "hint" }, `line ${one.line}: no example shows ${one.rule}`)),
  ];
}

export function outcome(content) {
  byId("outcome").hidden = !content.length;
  byId("outcome").replaceChildren(...content);
}
