// The thank-you page works without this file. While a payment is on its way, this looks again and tells when it is there.
(() => {
  "use strict";
  const main = document.getElementById("main");
  const copy = () => {
    const button = document.getElementById("copy");
    if (!button || !navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () =>
      navigator.clipboard.writeText(document.getElementById("share").value).then(() => (button.textContent = button.dataset.done)));
  };
  let tries = 0;
  const isOpen = () => ["unknown", "waiting", "paid"].includes(main.dataset.state);
  const look = async () => {
    tries += 1;
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
      if (answer.ok && fresh && fresh.dataset.state !== main.dataset.state) {
        const was = main.dataset.state;
        main.dataset.state = fresh.dataset.state;
        main.replaceChildren(...fresh.childNodes);
        copy();
        if (was === "waiting" || was === "unknown") main.querySelector("h1").focus();
      }
    } catch (error) {
      // Offline for a moment: the next look may work, and the page has a link to press.
    }
    if (isOpen() && tries < 40) setTimeout(look, Math.min(1000 + tries * 250, 8000));
  };
  copy();
  if (isOpen()) setTimeout(look, 1000);
})();
