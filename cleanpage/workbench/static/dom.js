// Makes elements. Texts of pages only ever become text nodes.

export const byId = (id) => document.getElementById(id);

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name.includes("-") || name === "role" || name === "for") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export function badge(removal) {
  const made = element("span", { class: removal.held ? "badge held" : "badge" }, removal.held ? `${removal.category}, held back` : removal.category);
  made.dataset.c = removal.category;
  return made;
}

export const count = (number, what, several = `${what}s`) => `${number.toLocaleString("en")} ${number === 1 ? what : several}`;

export const short = (text, most = 90) => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`;
};
