// The review queue by keys: what carries data-key is pressed by that key. Without JavaScript it is clicked.
(() => {
  "use strict";
  let waits = false;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.closest("#main")) waits = true;
  });
  document.addEventListener("htmx:afterRequest", () => (waits = false));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || waits) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const onControl = event.target.closest?.("a, button, summary");
    if (event.key === "Enter" && onControl) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const wanted = document.querySelector(`main [data-key="${CSS.escape(key)}"]:not(:disabled)`);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  });

  // The question was changed under the reader: say which one it is, and count down beside the menu.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "main") return;
    const title = document.querySelector("#main h1");
    if (!title) return;
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  });
})();
