// What visitors will read, a moment after each change. Without this file the button “Preview” shows the same.
"use strict";
(() => {
  const form = document.getElementById("way");
  let later, asked = 0;
  const look = async () => {
    const mine = (asked += 1);
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview");
      // An answer that was overtaken by a newer one is old news.
      if (fresh && mine === asked) document.getElementById("preview").replaceWith(fresh);
    } catch (error) {
      // Offline for a moment: the next change asks again.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(look, 400);
  });
})();
