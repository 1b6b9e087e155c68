// One press sends once: on a slow line nobody makes two customers by pressing again while they wait.

const PATIENCE = 15000; // then the line counts as dead, and pressing again is right

export function startSending() {
  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  // HTMX says itself when a request leaves and ends; any other form leaves the page once nobody
  // else holds it back.
  document.body.addEventListener("htmx:beforeSend", (event) => {
    const form = event.detail.elt;
    if (form.matches("form") && event.detail.requestConfig.verb !== "get") hold(form);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => release(event.detail.elt));
  window.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method !== "post") return;
    if (submitter?.formTarget === "_blank" || submitter?.matches("[data-file]")) return; // the page stays
    hold(form);
    document.body.classList.add("busy");
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));
}

function hold(form) {
  form.dataset.sending = setTimeout(() => release(form), PATIENCE);
}

function release(form) {
  if (!form.dataset?.sending) return;
  clearTimeout(form.dataset.sending);
  delete form.dataset.sending;
  document.body.classList.remove("busy");
}
