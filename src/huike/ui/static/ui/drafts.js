// What was typed survives a closed tab and an expired sign-in: kept in this browser until it is saved.

const PREFIX = "draft";
const KEEP = 14 * 24 * 3600 * 1000;

export function startDrafts() {
  sweep();
  scan(document);
  document.body.addEventListener("htmx:load", (event) => scan(event.target.parentElement || document));
  document.body.addEventListener("input", (event) => remember(event.target.form));
  document.body.addEventListener("change", (event) => remember(event.target.form));
  // Before the answer takes the form's place: the new form must not find what was just saved.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const form = requestConfig?.elt?.closest?.("form[data-draft]");
    if (form && requestConfig.verb === "post" && xhr.status < 300) forget(form);
  });
  document.body.addEventListener("click", (event) => {
    const form = event.target.closest("[data-cancel]")?.closest("form[data-draft]");
    if (form) forget(form);
  }, true);
  // A page after a redirect tells that the form was taken.
  const taken = document.querySelector("[data-saved]");
  if (taken || document.querySelector(".toast-line[data-kind=done]")) forgetSent();
}

const keyOf = (form) => `${PREFIX}:${document.body.dataset.user}:${form.dataset.draft}`;

function remember(form) {
  if (!form?.matches?.("form[data-draft]")) return;
  const values = {};
  for (const one of form.elements) {
    if (!one.name || /^(hidden|password|file|submit|button)$/.test(one.type) || one.name === "csrfmiddlewaretoken") continue;
    if (one.type === "checkbox" || one.type === "radio") { if (one.checked !== one.defaultChecked) (values[one.name] ||= []).push([one.value, one.checked]); }
    else if (one.value !== standard(one)) values[one.name] = one.value;
  }
  if (Object.keys(values).length) localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values }));
  else localStorage.removeItem(keyOf(form));
}

function standard(one) {
  if (one.tagName !== "SELECT") return one.defaultValue;
  return [...one.options].find((option) => option.defaultSelected)?.value ?? one.options[0]?.value;
}

function scan(root) {
  for (const form of root.querySelectorAll?.("form[data-draft]:not([data-scanned])") || []) {
    form.dataset.scanned = "1";
    form.addEventListener("submit", () => sessionStorage.setItem("sent", keyOf(form)));
    const kept = localStorage.getItem(keyOf(form));
    // A form that came back with its mistakes still holds what was typed.
    if (kept && !("kept" in form.dataset)) offer(form, JSON.parse(kept));
  }
}

function offer(form, kept) {
  const line = document.createElement("div");
  line.className = "hint";
  line.setAttribute("role", "status");
  line.append(Object.assign(document.createElement("span"), { textContent: `${form.dataset.draftText} ${new Date(kept.at).toLocaleString(document.documentElement.lang)}` }));
  line.append(press(form.dataset.draftRestore, () => { fill(form, kept.values); line.remove(); }));
  line.append(press(form.dataset.draftDrop, () => { forget(form); line.remove(); }));
  form.prepend(line);
}

function press(text, act) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: text });
  button.addEventListener("click", act);
  return button;
}

function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const found = form.elements[name];
    if (!found) continue;
    if (Array.isArray(value)) for (const [v, on] of value) for (const one of found.length ? found : [found]) if (one.value === v) one.checked = on;
    if (!Array.isArray(value) && "value" in found) found.value = value;
  }
  form.closest("details")?.setAttribute("open", "");
}

function forget(form) { localStorage.removeItem(keyOf(form)); }

function forgetSent() {
  const key = sessionStorage.getItem("sent");
  if (key) { localStorage.removeItem(key); sessionStorage.removeItem("sent"); }
}

function sweep() {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(`${PREFIX}:`)) continue;
    try { if (Date.now() - JSON.parse(localStorage.getItem(key)).at > KEEP) localStorage.removeItem(key); }
    catch { localStorage.removeItem(key); }
  }
}
