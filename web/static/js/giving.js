// Optional: live sum, checks on leaving a field, one press only.
(() => {
  const form = document.getElementById("give");
  if (!form) return;
  const at = (id) => document.getElementById(id);
  const kept = form.dataset, places = Number(kept.places), unit = 10 ** places, other = at("other");

  const read = (typed) => {
    const text = typed.normalize("NFKC").replace(/\s/g, "").replace(/^(US\$|[$₩]|USD|KRW)|(원|달러|USD|KRW)$/gi, "");
    const found = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(text);
    if (!found || (found[2] || "").length > places) return null;
    const minor = Number(found[1].replace(/,/g, "") + (found[2] || "").padEnd(places, "0"));
    return minor > 0 && minor <= 99999999 ? minor : null;
  };
  const show = (minor, short) => {
    const whole = Math.floor(minor / unit).toString().replace(/\B(?=(\d{3})+$)/g, ",");
    const part = places && !(short && minor % unit === 0) ? "." + String(minor % unit).padStart(places, "0") : "";
    return kept.symbol + whole + part;
  };
  const often = () => (at("freq-monthly").checked ? "monthly" : "once");
  const picked = () => form.querySelector(`[name=amount_${often()}]:checked`);
  const gift = () => (other.value.trim() ? read(other.value) : picked() ? read(picked().value) : null);
  // ceil((A + f) / (1 - p)) - A
  const fee = (minor) => {
    const top = (minor + Number(kept.fixed)) * 10000, left = 10000 - Number(kept.percent);
    return (top + ((left - (top % left)) % left)) / left - minor;
  };

  const said = (id) => at(id).selectedOptions[0].text;
  const pace = () => {
    if (often() === "once") return kept.once;
    const day = at("day").value ? kept.on.replace("[day]", said("day")) : "";
    return kept[at("every").value] + day + (at("until").value ? kept.until.replace("[month]", said("until")) : "");
  };
  const words = at("cover-words") && at("cover-words").querySelector(".live");
  const sum = at("sum-words");
  let later;
  const tell = () => {
    const minor = gift(), cover = words && minor ? fee(minor) : 0;
    if (words && minor) words.textContent = kept.cover.replace("[cover]", show(cover)).replace("[amount]", show(minor, true));
    else if (words) words.textContent = kept.rule;
    clearTimeout(later);
    later = setTimeout(() => {
      const hint = at("bank-hint");
      if (hint) hint.hidden = !minor || minor + (words && at("cover").checked ? cover : 0) < Number(kept.bank);
      if (!minor) return sum.replaceChildren(kept.none);
      const parts = kept.sum.replace("[often]", pace()).replace("[purpose]", said("fund")).split("[amount]");
      const b = document.createElement("b");
      b.textContent = show(minor + (words && at("cover").checked ? cover : 0));
      sum.replaceChildren(parts[0], b, parts[1]);
    }, 250);
  };

  const wrong = (field) => {
    const typed = field.value.trim();
    if (field === other) return !typed ? "" : read(typed) === null ? field.dataset.wrong : read(typed) < Number(kept.least) ? field.dataset.low : "";
    if (field.id === "email") return /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(typed) ? "" : field.dataset.wrong;
    return typed ? "" : field.dataset.wrong;
  };
  const mark = (field, text) => {
    at((field === other ? "amount" : field.id) + "-msg").textContent = text;
    field.closest(field === other ? "#amount" : ".field").classList.toggle("err", Boolean(text));
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };
  for (const field of [other, at("name"), at("email")]) {
    field.addEventListener("blur", () => field.value.trim() && mark(field, wrong(field)));
    field.addEventListener("input", () => field.getAttribute("aria-invalid") && !wrong(field) && mark(field, ""));
  }

  other.addEventListener("input", () => other.value.trim() && picked() && (picked().checked = false));
  form.addEventListener("change", (event) => {
    if (!event.target.name.startsWith("amount_")) return;
    other.value = "";
    mark(other, "");
  });
  form.addEventListener("input", tell);
  form.addEventListener("change", tell);
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.hasAttribute("formaction")) return;
    if (kept.sent) event.preventDefault();
    kept.sent = "1";
    // Back continues this attempt.
    history.replaceState(null, "", kept.again);
    at("hand").value = 1;
    at("go").disabled = true;
  });
  addEventListener("pageshow", () => {
    delete kept.sent;
    at("go").disabled = false;
    tell();
  });
})();
