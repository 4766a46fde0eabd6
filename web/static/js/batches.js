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

  for (const box of main.querySelectorAll("[data-giver]")) dress(box);

  // Rows are sent one after the other while the next is typed already. A row that is refused comes back to be mended,
  // what was being typed waits, and stands there again afterwards. A row sent twice is one, because it brings its id.
  const entry = () => document.getElementById("entry");
  if (!entry() || entry().classList.contains("err")) return;
  let blank = entry().cloneNode(true), busy = false;
  const queue = [], refused = [], stashed = [];

  const fresh = () => {
    const form = blank.cloneNode(true), bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const id = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    form.elements.row_id.value = id.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
    return form;
  };
  const show = (form) => {
    entry().replaceWith(form);
    for (const box of form.querySelectorAll("[data-giver]")) dress(box);
    listen(form);
    const asked = form.querySelector(".f-accepts_twin input:not(:checked), .f-sure_basis input:not(:checked)");
    (asked || form.querySelector("[aria-invalid=true]") || form.elements.amount).focus();
  };
  const isTyped = (form) => ["amount", "check_number", "donor", "memo"].some((name) => form.elements[name].value.trim());
  const say = (words) => (document.getElementById("said").textContent = words.replace(/\s+/g, " ").trim());

  const settle = (page) => {
    for (const id of ["numbers", "rows", "ending"]) {
      const old = document.getElementById(id), next = page.getElementById(id);
      if (old && next) old.replaceWith(next);
    }
    document.getElementById("swap")?.remove();
    const swap = page.getElementById("swap");
    if (swap) document.getElementById("said").after(swap);
    say(page.getElementById("said").textContent);
  };
  const take = (form) => {
    if (form.classList.contains("err")) {
      if (entry().classList.contains("err")) return refused.push(form);
      if (isTyped(entry())) stashed.push(entry());
      return show(form);
    }
    blank = form;
    const title = entry().querySelector("h2");
    if (!entry().classList.contains("err")) title.textContent = form.querySelector("h2").textContent;
  };
  const pump = async () => {
    if (busy || !queue.length) return;
    busy = true;
    let wait = 0;
    try {
      const answer = await fetch(entry().action, { method: "POST", body: queue[0] });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const form = page.getElementById("entry");
      if (!form) throw new Error(answer.status);
      queue.shift();
      settle(page);
      take(form);
    } catch (error) {
      // Offline, or signed out in another window: nothing is lost, it goes on by itself.
      say(entry().dataset.later);
      wait = 3000;
    }
    busy = false;
    setTimeout(pump, wait);
  };
  const listen = (form) => {
    form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.name === "more") return;
      event.preventDefault();
      queue.push(new FormData(form));
      show(refused.shift() || stashed.pop() || fresh());
      pump();
    });
    // Enter saves from every field, also from a choice.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.defaultPrevented || event.isComposing || event.target.closest("button")) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector(".f-save button"));
    });
  };
  addEventListener("beforeunload", (event) => queue.length && event.preventDefault());
  listen(entry());
  entry().elements.amount.focus();
})();
