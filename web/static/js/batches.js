// Batches by keyboard: givers below the field while they are typed, and rows that are saved without leaving the page.
// Every page works without this file.
"use strict";
(() => {
  const main = document.getElementById("main");

  // A field in which a giver is typed: the list below it, and what was picked.
  const parts = (box) => ({
    input: box.querySelector("input[type=text]"),
    list: box.querySelector("ul[role=listbox]"),
    picked: box.querySelector("[data-picked]"),
    said: box.querySelector("[data-for]"),
  });
  const options = (list) => [...list.querySelectorAll("[role=option]")];
  const here = (list) => list.querySelector("[aria-selected=true]");

  const close = ({ input, list }) => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = ({ input, list }, option) => {
    for (const one of options(list)) one.setAttribute("aria-selected", String(one === option));
    if (!option) return;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };
  const pick = (field, option) => {
    field.input.value = field.said.value = option.dataset.name;
    field.picked.value = option.dataset.id;
    // Choices of an answer without this file would be sent beside it.
    for (const old of field.input.closest("[data-giver]").querySelectorAll("fieldset")) old.remove();
    close(field);
  };
  const step = (field, by) => {
    const all = options(field.list);
    if (!all.length) return;
    const at = all.indexOf(here(field.list)) + by;
    mark(field, all[(at + all.length) % all.length]);
  };

  const dress = (box) => {
    const field = parts(box), { input, list } = field;
    const address = box.closest("form").dataset.people;
    let later, asked = 0;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
      input.setAttribute(name, value);
    const look = async () => {
      const mine = (asked += 1);
      try {
        const answer = await fetch(`${address}?q=${encodeURIComponent(input.value)}`);
        const words = await answer.text();
        // An answer that was overtaken by a newer one is old news.
        if (!answer.ok || mine !== asked || document.activeElement !== input) return;
        list.replaceChildren(...new DOMParser().parseFromString(words, "text/html").body.childNodes);
        list.hidden = !list.children.length;
        input.setAttribute("aria-expanded", String(!list.hidden));
      } catch (error) {
        // Offline for a moment: the next letter asks again.
      }
    };
    input.addEventListener("input", () => {
      field.picked.value = field.said.value = "";
      asked += 1;
      clearTimeout(later);
      if (input.value.trim().length < 1 || ["?", "-"].includes(input.value.trim())) return close(field);
      later = setTimeout(look, 120);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // Hangul that is still being put together
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        step(field, event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter" && !list.hidden && here(list)) {
        event.preventDefault();
        pick(field, here(list));
      } else if (event.key === "Tab" && !list.hidden && here(list)) {
        pick(field, here(list));
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        close(field);
      }
    });
    input.addEventListener("blur", () => setTimeout(() => close(field), 150));
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) pick(field, option);
    });
  };

  // Saving a row: the answer is the same page, and only what changed takes the old one's place.
  const settle = (fresh) => {
    for (const id of ["numbers", "rows", "ending", "entry"]) {
      const old = document.getElementById(id), next = fresh.getElementById(id);
      if (old && next) old.replaceWith(next);
    }
    const swap = document.getElementById("swap"), now = fresh.getElementById("swap");
    if (swap) swap.remove();
    if (now) document.getElementById("said").after(now);
    const said = fresh.getElementById("said");
    document.getElementById("said").textContent = said ? said.textContent.replace(/\s+/g, " ").trim() : "";
    begin();
  };
  const focus = (form) => {
    const wrong = form.querySelector("[aria-invalid=true], .err input:not([type=hidden])");
    (wrong || form.querySelector("[name=amount]")).focus();
  };
  const send = async (form) => {
    form.dataset.sending = "yes";
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!fresh.getElementById("entry")) return form.submit();
      settle(fresh);
    } catch (error) {
      // Offline: a plain press of the form tells it, and nothing typed is lost.
      form.submit();
    }
  };
  const begin = () => {
    for (const box of main.querySelectorAll("[data-giver]")) dress(box);
    const form = document.getElementById("entry");
    if (!form) return;
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.name === "more") return;
      event.preventDefault();
      if (!form.dataset.sending) send(form);
    });
    // Enter saves from every field: the first button of the form is another one.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || event.target.closest("button")) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector(".f-save button"));
    });
    focus(form);
  };
  begin();
})();
