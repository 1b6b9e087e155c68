// Lets a file be dropped on the page, and sends it at once; without this the form works all the same.
for (const form of document.querySelectorAll(".drop-file")) {
  const area = form.querySelector(".drop-file-area");
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => input.files.length && form.requestSubmit());
  area.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("over"); });
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
// Another kind of record means other columns: ask again.
const what = document.querySelector(".import-plan select[name=recipe]");
what?.addEventListener("change", () => what.form.querySelector("button[value=look]").click());
