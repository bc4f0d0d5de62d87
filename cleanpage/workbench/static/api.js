// Asks the server. Every address is relative to the page's own, which begins with the session's token.

async function asked(address, options) {
  let response;
  try {
    response = await fetch(address, { ...options, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch {
    throw new Error("The workbench does not answer. Is the command still running?");
  }
  const answer = await response.json().catch(() => ({ error: `The workbench answers ${response.status}.` }));
  if (!response.ok) throw new Error(answer.error ?? `The workbench answers ${response.status}.`);
  return answer;
}

const post = (address, data = {}) =>
  asked(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data) });

export const start = () => asked("api/start");
export const page = (number) => asked(`api/pages/${number}`);
export const choices = (number, element, keep) => post(`api/pages/${number}/choices`, { element, keep });
export const tryRule = (number, rule) => post(`api/pages/${number}/try`, rule);
export const preview = (number, rule) => post(`api/pages/${number}/preview`, rule);
export const save = (number, rule) => post(`api/pages/${number}/save`, rule);
export const test = (number) => post(`api/pages/${number}/test`);
export const undo = () => post("api/undo");
export const reload = () => post("api/reload");
