// Files dropped on the form are chosen; what was chosen is listed, and what is too large is named before it is
// sent. Without JavaScript the form chooses and sends files as any form does.
(() => {
  "use strict";
  const size = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const form = (event) => event.target instanceof Element && event.target.closest("form[data-drop]");

  function show(of) {
    const input = of.querySelector('input[type="file"]');
    const list = of.querySelector(".drop-chosen");
    const most = Number(of.dataset.mostBytes);
    list.replaceChildren(
      ...[...input.files].map((file) => {
        const line = document.createElement("li");
        const isLarge = most && file.size > most;
        line.textContent = `${file.name} · ${size(file.size)}${isLarge ? ": too large" : ""}`;
        line.classList.toggle("is-refused", Boolean(isLarge));
        return line;
      }),
    );
    list.hidden = !input.files.length;
  }

  if (document.documentElement.dataset.dropReady) return;
  document.documentElement.dataset.dropReady = "yes";

  document.addEventListener("change", (event) => {
    const of = form(event);
    if (of && event.target.matches('input[type="file"]')) show(of);
  });
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const of = form(event);
      if (!of || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      of.querySelector(".drop").classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
      if (kind !== "drop") return;
      of.querySelector('input[type="file"]').files = event.dataTransfer.files;
      show(of);
    });
  }
})();
