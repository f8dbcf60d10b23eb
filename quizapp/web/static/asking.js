// The editor of a question works as plain forms. This saves while one types, keeps what could not be sent on this
// device, says what is wrong beside the field, shows the preview, and adds and removes rows without leaving the page.
const CHECK = 250, SAVE = 2000; // ms after the last key: remarks stand there before 600
const AGAIN = 20000; // ms: a line that is said to be back is not always
let form, state, side, timers, asked, busy, sent, cut;

const path = () => "soan:" + form.getAttribute("action");
const say = (words) => state && (state.textContent = words);

function typed() {
  const fields = new FormData(form);
  fields.delete("csrf");
  fields.delete("tu");
  return new URLSearchParams(fields).toString();
}

function start() {
  form = document.getElementById("cau-hoi");
  if (!form) return;
  state = document.querySelector("#da-luu span");
  side = document.getElementById("ben-canh");
  timers = {};
  sent = typed();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", pressed);
  offerKept();
}

function changed(event) {
  if (event.isComposing || !event.target.name || /tim$|loai-moi$/.test(event.target.name)) return;
  localStorage.setItem(path(), JSON.stringify({ at: Date.now(), fields: typed() }));
  say("Đang soạn…");
  clearTimeout(timers.check);
  timers.check = setTimeout(check, CHECK);
  later();
}

function later() {
  clearTimeout(timers.save);
  if (form.dataset.tuLuu) timers.save = setTimeout(save, SAVE);
}

const body = () => new URLSearchParams(new FormData(form));

async function check() {
  const mine = (asked = {});
  try {
    const answer = await fetch(form.dataset.soat, { method: "POST", body: body() });
    if (!answer.ok || answer.redirected || mine !== asked) return;
    const found = await answer.json();
    side.innerHTML = found.ben;
    const remarks = document.createElement("template");
    remarks.innerHTML = found.dieu;
    form.querySelectorAll("[data-dieu]").forEach((place) => {
      const here = [...remarks.content.children].filter((one) => one.dataset.cho === place.dataset.dieu);
      place.replaceChildren(...here.flatMap((one) => [...one.children]));
    });
  } catch {
    say("Mất mạng, câu đang giữ trên máy này. Có mạng sẽ tự lưu.");
  }
}

async function save() {
  if (busy || !form.isConnected) return;
  const fields = typed();
  if (fields === sent) return;
  busy = true;
  cut = false;
  try {
    const answer = await fetch(form.action, { method: "POST", body: body(), headers: { "X-Luu": "1" } });
    if (answer.redirected || answer.status >= 500) throw new Error("not saved");
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
    if (answer.ok) {
      form.elements.tu.value = told.tu;
      sent = fields;
      if (typed() === fields) {
        localStorage.removeItem(path());
        say(`Tự lưu lúc ${told.luc}`);
      }
    } else {
      say(told.loi || "Chưa lưu được. Chữ vừa gõ còn trên máy này; bấm “Lưu” để thử lại.");
    }
  } catch {
    cut = true;
    say("Mất mạng, câu đang giữ trên máy này. Có mạng sẽ tự lưu.");
  } finally {
    busy = false;
    if (typed() !== fields) later(); // typed while it was on its way
  }
}

// A button that changes rows: the same form, the same answer, without leaving the page.
async function pressed(event) {
  const button = event.submitter;
  clearTimeout(timers.save);
  clearTimeout(timers.check);
  if (!button || !/^(them|bo|len|xuong|tim|doi)/.test(button.value)) {
    if (!navigator.onLine) {
      event.preventDefault();
      return say("Mất mạng, câu đang giữ trên máy này. Có mạng sẽ tự lưu.");
    }
    return localStorage.removeItem(path());
  }
  event.preventDefault();
  if (busy) return setTimeout(() => button.isConnected && form.requestSubmit(button), 300);
  busy = true;
  const fields = body();
  fields.set("lam", button.value);
  const before = form;
  before.inert = true; // another form comes in its place: what was typed meanwhile would be gone
  say("Đang sửa các dòng…");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok) localStorage.removeItem(path());
    document.title = page.title;
    document.getElementById("trang").replaceWith(page.getElementById("trang"));
    if (answer.redirected) history.replaceState(null, "", answer.url);
    start();
    focusOn(button.value);
  } catch {
    say("Mất mạng, câu đang giữ trên máy này. Có mạng sẽ tự lưu.");
  } finally {
    busy = before.inert = false;
  }
}

// Where one was: the new row's text, the same button of the row that moved, the list that lost a row.
function focusOn(value) {
  const [word, place] = value.split(":");
  const list = place.replace(/-\d+$/, "");
  const same = form?.querySelector(`[name=lam][value="${value}"]`);
  const rows = form ? [...form.querySelectorAll("textarea")].filter((one) => one.name.startsWith(list + "-")) : [];
  const lastRow = rows.filter((one) => one.name.match(/^(.*-\d+)-/)?.[1] === rows.at(-1)?.name.match(/^(.*-\d+)-/)?.[1]);
  const target = word === "them" ? lastRow[0] : word === "tim" ? document.getElementById(`o-${place}can-cu`) : same || document.getElementById(`o-${list}`);
  (target || form)?.focus();
}

function offerKept() {
  const raw = localStorage.getItem(path());
  const box = document.getElementById("con-giu");
  if (!raw || !box) return;
  const kept = JSON.parse(raw);
  if (kept.fields === sent) return localStorage.removeItem(path());
  box.querySelector("b").textContent = new Date(kept.at).toLocaleString("vi-VN", { hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit" });
  box.hidden = false;
  box.querySelector("[data-bo]").onclick = () => (localStorage.removeItem(path()), (box.hidden = true));
  box.querySelector("[data-lay]").onclick = () => (fill(new URLSearchParams(kept.fields)), (box.hidden = true));
}

// Fields that the page has are filled; rows that it has not (somebody took them away) are named.
function fill(kept) {
  const boxes = [...form.elements].filter((one) => ["checkbox", "radio"].includes(one.type));
  boxes.forEach((one) => (one.checked = kept.getAll(one.name).includes(one.value)));
  const lost = [];
  for (const [name, value] of kept) {
    const field = form.elements[name];
    if (!field) lost.push(value);
    else if (!(field instanceof RadioNodeList) && !["checkbox", "radio"].includes(field.type)) field.value = value;
  }
  form.dispatchEvent(new Event("input"));
  changed({ target: form.elements["de-bai"] || form.elements["tinh-huong"] || form.elements[0] });
  const words = lost.filter((one) => one.length > 3).join(" · ");
  say(words ? `Đã lấy lại. Chưa có ô cho: ${words}` : "Đã lấy lại bản trên máy, đang lưu…");
}

addEventListener("online", () => form && localStorage.getItem(path()) && form.dataset.tuLuu && save());
setInterval(() => cut && form?.dataset.tuLuu && save(), AGAIN);
start();
