// Sets light or dark before the first paint, so that nothing flashes.
(function () {
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    var wanted = root.dataset.theme;
    var isDark = wanted === "dark" || (wanted !== "light" && dark.matches);
    root.dataset.bsTheme = isDark ? "dark" : "light";
  }
  apply();
  dark.addEventListener("change", apply);
  root.classList.add("js");
})();
