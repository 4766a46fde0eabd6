// How far long work is, without pressing reload. Without this file the page renews itself.
"use strict";
(() => {
  const look = async () => {
    const shown = document.getElementById("run");
    if (!shown || !("atWork" in shown.dataset)) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("run");
      if (answer.ok && answer.redirected && !fresh) {
        location.assign(answer.url); // the work is done, and what came of it has a page of its own
        return;
      }
      if (answer.ok && fresh) {
        const isOther = fresh.dataset.state !== shown.dataset.state;
        if (isOther || !shown.contains(document.activeElement)) shown.replaceWith(fresh);
        if (isOther) document.getElementById("main").focus({ preventScroll: true });
      }
    } catch (error) {
      // Offline for a moment: the next look may work.
    }
    setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
})();
