// A missing field's chip opens the folded part of the page in which its editor appears.
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-reveal]");
  const place = chip && document.getElementById(chip.dataset.reveal);
  if (!place) return;
  const folded = place.closest("details");
  if (folded) folded.open = true;
  place.scrollIntoView({ block: "center" });
});
