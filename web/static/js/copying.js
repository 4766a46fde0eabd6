// A button beside each line that is meant to be copied. Without this file the lines are plain text to select.
(() => {
  "use strict";
  const teller = document.querySelector("[data-copy-words]");
  if (!teller || !navigator.clipboard) return;
  const said = teller.dataset;
  for (const line of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button"), words = line.textContent.trim();
    const name = line.previousElementSibling ? line.previousElementSibling.textContent : "";
    button.type = "button";
    button.className = "link";
    button.textContent = said.copyWords;
    button.setAttribute("aria-label", `${said.copyWords}: ${name}`);
    button.addEventListener("click", () =>
      navigator.clipboard.writeText(words).then(() => {
        button.textContent = said.copied;
        button.setAttribute("aria-label", `${said.copied}: ${name}`);
      }));
    if (line.tagName === "DD") {
      const cell = document.createElement("dd"); // a list of terms holds nothing else
      cell.className = "does";
      cell.append(button);
      line.after(cell);
    } else line.after(button);
  }
})();
