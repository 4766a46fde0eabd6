// Copy buttons. Without this file the words are selected and copied by hand.
"use strict";
for (const field of document.querySelectorAll("textarea[readonly]")) {
  field.addEventListener("focus", () => field.select());
}
for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.firstChild;
  const before = words.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // an office without https has no clipboard of its own
    }
    words.textContent = button.dataset.done;
    button.addEventListener("blur", () => { words.textContent = before; }, { once: true });
  });
}
