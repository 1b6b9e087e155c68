// The keyboard: c create, e edit, / search, ? help, g then a letter goes somewhere, Ctrl/Cmd+Enter saves.
import { openPalette } from "./palette.js";

const GO = { t: "/", c: "/customers/party/", o: "/trade/order/", k: "/office/task/", p: "/catalog/product/", i: "/channels/interaction/", b: "/bin/", h: "/help/" };
let waiting = 0;

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return save(event);
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (Date.now() - waiting < 1500 && GO[event.key]) { location.href = GO[event.key]; return; }
    waiting = event.key === "g" ? Date.now() : 0;
    const act = KEYS[event.key];
    if (act) { event.preventDefault(); act(); }
  });
}

const KEYS = {
  "/": () => { const own = document.querySelector("[data-list-search]"); own ? own.focus() : openPalette(); },
  "?": () => { location.href = "/help/"; },
  c: () => {
    const own = document.querySelector("[data-create]");
    if (own) own.click();
    else { const drop = document.getElementById("quick-create")?.closest("details"); if (drop) { drop.open = true; drop.querySelector("a")?.focus(); } }
  },
  e: () => document.querySelector("[data-edit]")?.click(),
  n: () => document.querySelector("[data-compose]")?.focus(),
};

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function save(event) {
  const form = event.target.form;
  if (form) { event.preventDefault(); form.requestSubmit(); }
}
