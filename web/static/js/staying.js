// Says aloud when the session is about to end, and prolongs it at a press. Without this file the page tells the time.
"use strict";
(() => {
  const soon = document.getElementById("soon");
  const form = document.getElementById("stay");
  if (!soon || !form) return;
  const MINUTE = 60_000;
  let ends = Date.now() + Number(soon.dataset.minutes) * MINUTE;
  let told = "";
  const tell = (words) => {
    if (words !== told) soon.textContent = told = words;
    soon.closest(".stay").classList.toggle("near", words !== "" && words !== soon.dataset.stayed);
  };
  const look = () => {
    const left = Math.ceil((ends - Date.now()) / MINUTE);
    if (left <= 0) location.reload();
    else if (left === 1) tell(soon.dataset.now);
    else if (left <= 5) tell(soon.dataset.soon.replace("{n}", left));
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/plain" }, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      ends = Date.now() + Number(soon.dataset.minutes) * MINUTE;
      tell(soon.dataset.stayed);
    } catch {
      form.submit();
    }
  });
  setInterval(look, 5_000);
})();
