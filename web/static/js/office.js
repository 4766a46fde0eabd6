// Keys for people who sit here all day. Every page works without this file.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("[data-row]")];
  let here = -1;
  const go = (to) => {
    if (!rows.length) return;
    if (rows[here]) rows[here].removeAttribute("data-here");
    here = Math.min(Math.max(to, 0), rows.length - 1);
    const row = rows[here];
    row.setAttribute("data-here", "");
    const link = row.querySelector("[data-open]") || row.querySelector("a");
    if (link) link.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const keys = {
    "/": () => document.getElementById("search")?.focus(),
    n: () => document.querySelector("[data-new]")?.click(),
    j: () => go(here + 1),
    k: () => go(here - 1),
    "?": () => document.getElementById("keys")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "Escape" && typing) return void typing.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
