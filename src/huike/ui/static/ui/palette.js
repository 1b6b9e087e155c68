// Ctrl/Cmd-K: one line that finds, goes, creates and does. Answers come from /find/ as links.

let dialog, input, list, timer, asked = 0;

export function startPalette() {
  dialog = document.getElementById("palette");
  if (!dialog) return;
  input = document.getElementById("palette-input");
  list = document.getElementById("palette-list");
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); }
  });
  for (const opener of document.querySelectorAll("[data-palette]")) {
    opener.addEventListener("click", (event) => { event.preventDefault(); openPalette(); });
  }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 90); });
  input.addEventListener("keydown", move);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  list.addEventListener("click", (event) => { if (event.target.closest("[hx-get]")) dialog.close(); });
}

export function openPalette() {
  if (!dialog) return;
  if (!dialog.open) dialog.showModal();
  input.value = "";
  input.focus();
  ask();
}

async function ask() {
  const mine = ++asked;
  const answer = await fetch(`/find/?q=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (mine !== asked || !answer || !answer.ok) return;
  list.innerHTML = await answer.text();
  window.htmx?.process(list);
  choose(0);
}

function choose(index) {
  const links = [...list.querySelectorAll("a")];
  links.forEach((link, n) => link.setAttribute("aria-selected", n === index));
  const link = links[index];
  if (!link) { input.removeAttribute("aria-activedescendant"); return; }
  input.setAttribute("aria-activedescendant", link.id);
  link.scrollIntoView({ block: "nearest" });
}

function move(event) {
  const links = [...list.querySelectorAll("a")];
  const now = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") { event.preventDefault(); choose(Math.min(now + 1, links.length - 1)); }
  else if (event.key === "ArrowUp") { event.preventDefault(); choose(Math.max(now - 1, 0)); }
  else if (event.key === "Enter") { event.preventDefault(); links[now]?.click(); }
}
