// The console's own script: keys, copying, counting down an undo. Pages work without it.
const body = document.body;
const keysAreOn = () => body.dataset.shortcuts === "on";
const isTyping = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
const items = () => [...document.querySelectorAll("tr.item")];

function move(step) {
  const rows = items();
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  next.querySelector("a.go").focus();
  next.scrollIntoView({ block: "nearest" });
}

function choose(key) {
  const radio = document.querySelector(`#decide input[data-key="${key}"]`);
  if (!radio) return;
  radio.checked = true;
  radio.focus();
  fitReasons(radio.dataset.direction);
}

// Reasons that do not fit the direction of the choice are not offered; where only agreeing fits, it is chosen already.
function fitReasons(direction) {
  const select = document.getElementById("reason_code");
  if (!select) return;
  for (const option of select.options) option.hidden = option.disabled = Boolean(option.value) && !option.dataset.directions.split(" ").includes(direction);
  if (select.selectedOptions[0]?.disabled) select.value = "";
  if (direction === "as" && !select.value) select.value = "agrees";
  const second = document.querySelector(".decide-note.second");
  if (second) second.hidden = direction !== "down";
}

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]:not(input)`);
  if (target) target.click();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if (!keysAreOn() || event.altKey || event.metaKey || event.isComposing) return;
  if (event.ctrlKey) {
    if (event.key === "Enter") document.getElementById("decide")?.requestSubmit();
    return;
  }
  if (event.key === "Escape") return document.querySelectorAll("details.drop[open]").forEach((one) => { one.open = false; });
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const row = document.activeElement?.closest?.("tr.item");
  const known = {
    j: () => move(1), k: () => move(-1), "/": () => document.getElementById("find")?.focus(), "?": () => document.getElementById("keys")?.showModal(),
    x: () => row?.querySelector(".pick")?.click(),
  };
  if (known[event.key]) known[event.key]();
  else if (/^[1-6]$/.test(event.key)) choose(event.key);
  else if (!(event.key.length === 1 && press(event.key))) return;
  event.preventDefault();
});

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy);
    copy.classList.add("done");
    copy.title = copy.dataset.done;
    setTimeout(() => copy.classList.remove("done"), 1500);
  }
  const row = event.target.closest(".queue tr.item");
  if (row && !event.target.closest("a, input, button, label") && !getSelection().toString()) row.querySelector("a.go").click();
  document.querySelectorAll("details.drop[open]").forEach((one) => { if (!one.contains(event.target)) one.open = false; });
});

document.addEventListener("change", (event) => {
  if (event.target.matches("#decide input[name=code]")) fitReasons(event.target.dataset.direction);
  if (event.target.matches(".pick")) {
    const picked = document.querySelector(".picked");
    if (picked) picked.textContent = picked.dataset.word.replace("#", document.querySelectorAll(".pick:checked").length);
  }
});

// A form sent twice by an impatient key would be refused as out of date: once is enough.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) return event.preventDefault();
  if (event.target.method === "post" && !event.target.hasAttribute("hx-post")) event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

for (const form of document.querySelectorAll("form[data-until]")) {
  const word = form.querySelector(".count");
  let left = Number(form.dataset.until);
  const tick = () => {
    if (left <= 0) return form.remove();
    word.textContent = word.dataset.word.replace("#", left);
    left -= 1;
    setTimeout(tick, 1000);
  };
  tick();
}

document.body.addEventListener("htmx:configRequest", (event) => { event.detail.headers["x-form-token"] = body.dataset.formToken; });
