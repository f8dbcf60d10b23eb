// The forms that write a document of the library work without this. It keeps on the device what is typed, saves it two
// seconds after the last key where it has a place already, and offers again what never arrived.
const SAVE = 2000; // ms after the last key
const AGAIN = 20000; // ms: a line that is said to be back is not always
const who = document.querySelector("[data-who]").dataset.who;
const ours = `soan:${who}:/soan/van-ban/`;
const form = document.querySelector("form[data-who]");
const state = document.getElementById("da-luu");
const box = document.getElementById("con-giu");
const name = `soan:${who}:${location.pathname}${location.search}`;
const OFFLINE = "Mất mạng, bản soạn đang giữ trên máy này. Có mạng sẽ tự lưu.";
let timer = 0;
let saving = null;
let cut = false;
let stored = form && typed();

function say(words) {
  if (state) state.textContent = words;
}

function typed() {
  const fields = new FormData(form);
  for (const one of ["csrf", "tu", "tiep"]) fields.delete(one);
  return new URLSearchParams(fields).toString();
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(sent) {
  try {
    localStorage.setItem(name, JSON.stringify({ at: Date.now(), fields: typed(), sent }));
  } catch {
    say("Máy này không giữ được bản soạn: đừng đóng trang khi chưa lưu.");
  }
}

function changed(event) {
  if (event?.isComposing) return; // a letter that is not whole yet
  keep(false);
  say("Đang soạn…");
  later();
}

function later() {
  clearTimeout(timer);
  if (form.dataset.tuLuu) timer = setTimeout(save, SAVE);
}

const save = () => (saving ??= send().finally(() => (saving = null)));

async function send() {
  const fields = typed();
  if (fields === stored) return;
  cut = false;
  try {
    const sent = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { "X-Luu": "1" } });
    if (answer.redirected || answer.status >= 500) throw new Error("not saved");
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
    if (answer.ok) {
      form.elements.tu.value = told.tu;
      stored = fields;
      if (typed() === fields) {
        localStorage.removeItem(name);
        say(`Tự lưu lúc ${told.luc}`);
      }
    } else {
      say(told.loi || "Chưa lưu được. Chữ vừa gõ còn trên máy này; bấm “Lưu” để thử lại.");
    }
  } catch {
    cut = true;
    say(OFFLINE);
  } finally {
    if (typed() !== fields) later(); // typed while it was on its way
  }
}

function offer(kept) {
  const two = (part) => String(part).padStart(2, "0");
  const at = new Date(kept.at);
  box.querySelector("b").textContent = `${two(at.getHours())}:${two(at.getMinutes())} ngày ${two(at.getDate())}/${two(at.getMonth() + 1)}`;
  box.hidden = false;
  box.querySelector("[data-bo]").onclick = () => (localStorage.removeItem(name), (box.hidden = true));
  box.querySelector("[data-lay]").onclick = () => (fill(new URLSearchParams(kept.fields)), (box.hidden = true));
}

function fill(kept) {
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.tagName === "BUTTON") continue;
    if (["checkbox", "radio"].includes(field.type)) field.checked = kept.getAll(field.name).includes(field.value);
    else field.value = kept.get(field.name) ?? "";
  }
  changed();
}

// Said to be saved: what was sent from another page has arrived.
if (document.querySelector(".note--ok[role=status]")) {
  for (const key of Object.keys(localStorage)) if (key.startsWith(ours) && read(key)?.sent) localStorage.removeItem(key);
}
if (form) {
  const kept = read(name);
  const refused = document.querySelector("#loi, .note--bad[role=alert]");
  if (kept && kept.fields !== stored) offer(kept);
  else if (kept && !refused) localStorage.removeItem(name);
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    keep(true);
    if (navigator.onLine) return;
    event.preventDefault();
    say(OFFLINE);
  });
  addEventListener("online", () => form.dataset.tuLuu && save());
  setInterval(() => cut && form.dataset.tuLuu && save(), AGAIN);
}
if (form?.dataset.tuLuu) {
  for (const link of document.querySelectorAll("[data-xong]")) link.textContent = "Xong"; // everything is saved by itself
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || typed() === stored || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    clearTimeout(timer);
    await saving; // what was typed since goes after it
    await save(); // where it cannot be saved, the device holds it
    location.assign(link.href);
  });
}
