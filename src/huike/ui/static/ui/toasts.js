// Notices with "Undo": from the page itself, from HTMX answers (event "notices"), and on failures.

const KEEP = 8000;
let box;

export function startToasts() {
  box = document.getElementById("toasts");
  if (!box) return;
  for (const line of box.children) fade(line);
  document.body.addEventListener("notices", (event) => {
    for (const notice of event.detail.value || []) say(notice.text, notice);
  });
  document.body.addEventListener("htmx:sendError", () => say(box.dataset.lost, { kind: "wrong" }));
  document.body.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    const text = event.detail.xhr.getResponseHeader("HX-Reason");
    say(text ? decodeURIComponent(text) : status === 401 ? box.dataset.gone : box.dataset.failed, { kind: "wrong" });
  });
}

export function say(text, { undo = "", kind = "done" } = {}) {
  const line = document.createElement("div");
  line.className = "toast-line";
  line.dataset.kind = kind;
  const words = document.createElement("span");
  words.textContent = text;
  line.append(words);
  if (undo) line.append(undoButton(undo));
  place().append(line);
  fade(line);
}

// A modal dialog covers everything outside it, so the toasts move into the one that is open.
function place() {
  const dialog = [...document.querySelectorAll("dialog[open]")].pop();
  (dialog || document.body).append(box);
  dialog?.addEventListener("close", () => document.body.append(box), { once: true });
  return box;
}

function undoButton(group) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/undo/${group}/`;
  const headers = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  hidden(form, "csrfmiddlewaretoken", headers["X-CSRFToken"] || "");
  hidden(form, "next", location.pathname + location.search);
  const button = document.createElement("button");
  button.className = "btn btn-sm";
  button.textContent = box.dataset.undo;
  form.append(button);
  return form;
}

function hidden(form, name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  form.append(input);
}

function fade(line) {
  let timer = setTimeout(() => line.remove(), KEEP);
  const hold = () => clearTimeout(timer);
  line.addEventListener("mouseenter", hold);
  line.addEventListener("focusin", hold);
  line.addEventListener("mouseleave", () => { timer = setTimeout(() => line.remove(), KEEP / 2); });
}
