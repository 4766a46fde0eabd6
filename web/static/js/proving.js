// Lets the browser do a small sum while somebody fills in the form, and holds the press back until it is done.
(() => {
  const box = document.getElementById("sum-of-browser"), form = document.getElementById("give");
  if (!box || !form) return;
  const proof = document.getElementById("proof"), said = document.getElementById("sum-said");
  const challenge = JSON.parse(box.dataset.challenge);
  let waiting = null, failed = false;

  const fail = () => {
    failed = true;
    said.textContent = box.dataset.failed;
  };
  const done = (solution) => {
    if (!solution || solution.error) return fail();
    proof.value = btoa(JSON.stringify({ challenge, solution }));
    said.textContent = box.dataset.done;
    if (waiting) form.requestSubmit(waiting);
  };
  // Before giving.js hears of it: a press held back here is not the first of two.
  form.addEventListener("submit", (event) => {
    if (proof.value || failed || (event.submitter && event.submitter.hasAttribute("formaction"))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = document.getElementById("go");
  }, true);

  try {
    const worker = new Worker(box.dataset.worker);
    worker.onmessage = (event) => {
      worker.terminate();
      done(event.data);
    };
    worker.onerror = fail;
    worker.postMessage({ type: "work", challenge, counterStart: 0, counterStep: 1 });
  } catch (trouble) {
    fail();
  }
})();
