// Opens #modal and #drawer when HTMX puts something into them; closes drop-downs left behind.

export function startDialogs() {
  for (const name of ["modal", "drawer"]) watch(name);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-modal]")) event.target.closest("dialog")?.close();
    for (const drop of document.querySelectorAll("details[data-drop][open]"))
      if (!drop.contains(event.target) || event.target.closest(".drop-list a")) drop.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-drop][open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
    if (location.hash === "#menu") location.hash = "#content";
  });
  document.body.addEventListener("close-modal", () => closeAll());
}

function watch(name) {
  const dialog = document.getElementById(name);
  const body = document.getElementById(`${name}-body`);
  if (!dialog) return;
  body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== body) return;
    if (body.children.length && !dialog.open) dialog.showModal();
    if (!body.children.length) dialog.close();
    const first = "[autofocus], input[required]:not([type=hidden]), textarea[required]";
    (body.querySelector(first) || body.querySelector("input:not([type=hidden]), textarea, select"))?.focus();
  });
  dialog.addEventListener("close", () => body.replaceChildren());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}

export function closeAll() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}
