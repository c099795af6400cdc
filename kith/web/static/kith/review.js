// The review queue; its keys are those of keys.js. The next question is fetched while this one is read, so that
// it is there when the answer is written.
(() => {
  "use strict";
  let ahead = null;

  async function fetchAhead() {
    const link = document.querySelector("main [data-ahead]");
    const id = link?.dataset.ahead;
    if (!id || ahead?.id === id) return;
    ahead = null;
    const answer = await fetch(link.href).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = await answer.text();
    if (document.querySelector("main [data-ahead]")?.dataset.ahead === id) ahead = { id, page };
  }

  // The fetched page, with what the answer changed around the question laid over it.
  function uncovered(changed) {
    const page = new DOMParser().parseFromString(ahead.page, "text/html");
    const parts = new DOMParser().parseFromString(changed, "text/html").body.children;
    for (const part of [...parts]) page.getElementById(part.id)?.replaceWith(part);
    return page.documentElement.outerHTML;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (ahead && event.detail.verb === "post") event.detail.headers["Kith-Fetched"] = ahead.id;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const id = event.detail.xhr.getResponseHeader("Kith-Show-Fetched");
    if (id && ahead?.id === id) event.detail.serverResponse = uncovered(event.detail.serverResponse);
  });

  // The question changed under the reader: say which it is, and count beside the menu.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "main") return;
    const title = document.querySelector("#main h1");
    if (title) title.tabIndex = -1;
    title?.focus({ preventScroll: true });
    const left = document.querySelector("#review-place")?.dataset.left;
    const count = document.querySelector(".nav [aria-current] .nav-count");
    if (left && count?.firstChild) count.firstChild.data = left;
    fetchAhead();
  });
  fetchAhead();
})();
