// Lets a file be dropped anywhere on the page, and sends it at once; without this the form works all the same.
for (const form of document.querySelectorAll(".drop-file")) {
  const area = form.querySelector(".drop-file-area");
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => input.files.length && form.requestSubmit());
  // Anywhere on the page will do: a file let go beside the area would replace the page with itself.
  const carries = (event) => event.dataTransfer?.types.includes("Files") && !event.target.closest?.("input[type=file]:not(.drop-file *)");
  const light = (on) => { area.classList.toggle("over", on); document.body.classList.toggle("takes-file", on); };
  document.addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); light(true); } });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) light(false); });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    light(false);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
// Another kind of record means other columns: ask again.
const what = document.querySelector(".import-plan select[name=recipe]");
what?.addEventListener("change", () => what.form.querySelector("button[value=look]").click());
