// Small help for every page: menus close when one looks elsewhere; a form is not sent twice; a request that fails
// says so.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => (menu.open = false));
  });

  // Pressed twice, or Enter and the button: the second time does nothing until the answer is here.
  const PATIENCE = 5000;
  let sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (Date.now() - (sent.get(form) ?? 0) < PATIENCE) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.set(form, Date.now());
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) sent.delete(form);
  });
  window.addEventListener("pageshow", () => (sent = new WeakMap()));

  // On a narrow screen the tab one is on may stand outside of the row of tabs.
  function showTab() {
    const row = document.querySelector(".tabs");
    const tab = row?.querySelector("[aria-current]");
    if (tab && row.scrollWidth > row.clientWidth) row.scrollLeft = tab.offsetLeft - row.offsetLeft - row.clientWidth / 3;
  }
  showTab();
  document.addEventListener("htmx:afterSettle", showTab);

  function say(sentence) {
    const place = document.querySelector(".messages");
    if (!place) return;
    const notice = document.createElement("p");
    notice.className = "notice notice-error";
    notice.textContent = sentence;
    place.replaceChildren(notice);
  }
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(status === 403 ? "You may not do this." : status === 404 ? "This is not there any more."
      : "This did not work. Load the page again; nothing was half done.");
  });
  document.addEventListener("htmx:sendError", () => say("Kith cannot be reached. What you typed is still here; try again."));
})();
