// Typing @ in a text offers colleagues; what stays in the text is "@name ", readable without this script.

let list, area, from = -1, timer;

export function startMentions() {
  document.addEventListener("input", (event) => { if (event.target.matches("[data-mentions]")) typed(event.target); });
  document.addEventListener("keydown", (event) => { if (list && event.target === area) key(event); }, true);
  document.addEventListener("focusout", (event) => { if (event.target === area) setTimeout(close, 150); });
}

function typed(target) {
  area = target;
  const before = area.value.slice(0, area.selectionStart);
  const found = before.match(/@([^\s@]{0,20})$/);
  if (!found) return close();
  from = before.length - found[1].length;
  clearTimeout(timer);
  timer = setTimeout(() => ask(found[1]), 120);
}

async function ask(words) {
  const answer = await fetch(`/lookup/staff/user/?q=${encodeURIComponent(words)}`).catch(() => null);
  if (!answer?.ok || from < 0) return;
  show((await answer.json()).found.slice(0, 6));
}

function show(found) {
  list?.remove();
  list = null;
  if (!found.length) return;
  list = document.createElement("div");
  list.className = "combo-list";
  list.setAttribute("role", "listbox");
  list.id = "mention-list";
  found.forEach((one, n) => {
    const line = document.createElement("div");
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", n === 0);
    line.id = `mention-${n}`;
    line.append(Object.assign(document.createElement("span"), { textContent: one.name }), Object.assign(document.createElement("small"), { textContent: one.hint }));
    line.dataset.name = one.name;
    line.addEventListener("mousedown", (event) => { event.preventDefault(); pick(one.name); });
    list.append(line);
  });
  area.parentElement.append(list);
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-activedescendant", "mention-0");
}

function key(event) {
  const lines = [...list.children];
  const now = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = (now + (event.key === "ArrowDown" ? 1 : lines.length - 1)) % lines.length;
    lines.forEach((line, n) => line.setAttribute("aria-selected", n === next));
    area.setAttribute("aria-activedescendant", lines[next].id);
  } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
    event.preventDefault();
    pick(lines[now].dataset.name);
  } else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
}

function pick(name) {
  const after = area.value.slice(area.selectionStart);
  area.value = `${area.value.slice(0, from)}${name} ${after}`;
  const place = from + name.length + 1;
  area.setSelectionRange(place, place);
  close();
  area.focus();
}

function close() {
  list?.remove();
  list = null;
  from = -1;
  area?.removeAttribute("aria-activedescendant");
}
