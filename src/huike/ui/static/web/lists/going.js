// Goes to another state of the list: its address changes, and only the list is swapped.

export function list() {
  return document.getElementById("list");
}

export function query(changes) {
  const params = new URLSearchParams(list().dataset.query);
  for (const [name, value] of Object.entries(changes)) value ? params.set(name, value) : params.delete(name);
  return `${list().dataset.here}?${params}`;
}

export function go(address) {
  window.htmx.ajax("GET", address, { target: "#list", select: "#list", swap: "outerHTML show:none" }).then(() => {
    history.pushState({ htmx: true }, "", address);
  });
}

export function say(text) {
  document.body.dispatchEvent(new CustomEvent("notices", { detail: { value: [{ text, undo: "", kind: "done" }] } }));
  const said = document.getElementById("said");
  if (said) said.textContent = text;
}
