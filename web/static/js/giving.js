// Optional.
(() => {
  const form = document.getElementById("give");
  const at = (id) => document.getElementById(id), on = (what, event, deed) => what.addEventListener(event, deed);
  const kept = form.dataset, places = +kept.places, unit = 10 ** places, other = at("other"), cover = at("cover");

  const read = (typed) => {
    const text = typed.normalize("NFKC").replace(/\s/g, "").replace(/^(US\$|[$₩]|USD|KRW)|(원|달러|USD|KRW)$/gi, "");
    const [, whole, part = ""] = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/.exec(text) || [];
    if (!whole || part.length > places) return null;
    const minor = +(whole.replace(/,/g, "") + part.padEnd(places, "0"));
    return minor > 0 && minor < 1e8 ? minor : null;
  };
  const show = (minor, short) => {
    const whole = `${Math.floor(minor / unit)}`.replace(/\B(?=(\d{3})+$)/g, ",");
    const part = minor % unit;
    return kept.symbol + whole + (places && (part || !short) ? "." + `${part}`.padStart(places, "0") : "");
  };
  const often = () => (at("freq-monthly").checked ? "monthly" : "once");
  const picked = () => form.querySelector(`[name=amount_${often()}]:checked`);
  const gift = () => (other.value.trim() ? read(other.value) : picked() && read(picked().value));
  // see fee_cover
  const fee = (minor) => {
    const top = (minor + +kept.fixed) * 10000, left = 10000 - kept.percent;
    return (top + ((left - (top % left)) % left)) / left - minor;
  };
  const said = (id) => at(id).selectedOptions[0].text;
  const end = (id, words, place) => (at(id).value ? words.replace(place, said(id)) : "");
  const pace = () =>
    often() === "once" ? kept.once : kept[at("every").value] + end("day", kept.on, "[day]") + end("until", kept.until, "[month]");

  const words = cover && at("cover-words").querySelector(".live"), sum = at("sum-words"), hint = at("bank-hint");
  let later;
  const tell = () => {
    const minor = gift(), more = cover && minor ? fee(minor) : 0, all = minor + (more && cover.checked ? more : 0);
    if (words) words.textContent = minor ? kept.cover.replace("[cover]", show(more)).replace("[amount]", show(minor, true)) : kept.rule;
    if (hint) hint.hidden = !minor || all < kept.bank;
    clearTimeout(later);
    later = setTimeout(() => {
      if (!minor) return sum.replaceChildren(kept.none);
      const parts = kept.sum.replace("[often]", pace()).replace("[purpose]", said("fund")).split("[amount]");
      const b = document.createElement("b");
      b.textContent = show(all);
      sum.replaceChildren(parts[0], b, parts[1]);
    }, 250);
  };

  const wrong = (field) => {
    const typed = field.value.trim(), { wrong, low } = field.dataset;
    if (field === other) return !typed ? "" : read(typed) === null ? wrong : read(typed) < kept.least ? low : "";
    return (field.id === "email" ? /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(typed) : typed) ? "" : wrong;
  };
  const mark = (field, text) => {
    at((field === other ? "amount" : field.id) + "-msg").textContent = text;
    field.closest(field === other ? "#amount" : ".field").classList.toggle("err", !!text);
    field.ariaInvalid = text ? "true" : null;
  };
  for (const field of [other, at("name"), at("email")]) {
    on(field, "blur", () => field.value.trim() && mark(field, wrong(field)));
    on(field, "input", () => field.ariaInvalid && !wrong(field) && mark(field, ""));
  }

  on(other, "input", () => other.value.trim() && picked() && (picked().checked = false));
  on(form, "change", (event) => {
    if (!event.target.name.startsWith("amount_")) return;
    other.value = "";
    mark(other, "");
  });
  on(form, "input", tell);
  on(form, "change", tell);
  on(form, "submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    if (kept.sent) event.preventDefault();
    kept.sent = 1;
    history.replaceState(0, "", kept.again);
    at("hand").value = 1;
    at("go").disabled = true;
  });
  addEventListener("pageshow", () => {
    delete kept.sent;
    at("zone").value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    at("go").disabled = false;
    tell();
  });
})();
