// Soạn bài. The page works as a plain form; this keeps what is typed (here on the device at once, on the server two
// seconds later), shows it as a learner sees it, and puts blocks at the cursor in a way that the browser can undo.
const form = document.getElementById("bai");
const box = document.getElementById("noi-dung");
const grid = document.getElementById("trang");
const sides = document.getElementById("hai-ban");
const dialog = document.getElementById("chon-trich");
const shelf = document.getElementById("trong-thu-vien");
const there = (id) => document.getElementById(id);
const data = form.dataset;
const KEY = `soan:${data.who}:${data.unit}`;
const SET_ASIDE = `${KEY}:bo`;
const PLAIN = "muc";
const ENDING = ["tinh-huong", "tu-lam", "viec-can-lam"];

let from = form.elements.tu.value; // the digest of the text that this page began from
let stored = box.value; // what the server has, as far as this page knows
let at = data.at;
let clash = false;

const post = async (address, fields) => {
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrf: form.elements.csrf.value, ...fields })) body.set(name, value);
  const answer = await fetch(address, { method: "POST", body, headers: { "X-Luu": "1" } });
  const json = (answer.headers.get("Content-Type") ?? "").includes("json");
  return { ok: answer.ok && json, status: answer.status, told: json ? await answer.json() : {}, ours: json };
};

// --- what is kept -----------------------------------------------------------------------------------------------

function say(words) {
  for (const place of document.querySelectorAll("[data-saved]")) place.textContent = words;
}
const clean = (text) => text.normalize("NFC").replace(/\r\n?/g, "\n").replace(/\t/g, " ");
const time = () => new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit" }).format(new Date());

const device = {
  read(key = KEY) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  keep(text, key = KEY) {
    try {
      localStorage.setItem(key, JSON.stringify({ text, from, at: time() }));
    } catch {
      say("Máy này không giữ được bản soạn: đừng đóng trang khi chưa lưu");
    }
  },
  drop(key = KEY) {
    localStorage.removeItem(key);
  },
};

let saving = null;
async function save() {
  if (clash || clean(box.value) === clean(stored)) return;
  const typed = box.value;
  say("Đang lưu…");
  try {
    const { ok, status, told, ours } = await post(form.action, { "noi-dung": typed, tu: from });
    if (ok) {
      [stored, from, at] = [typed, told.tu, told.luc];
      for (const field of document.querySelectorAll("input[name=tu]")) if (!sides.contains(field)) field.value = from;
      if (box.value === typed) {
        device.drop();
        say(`Đã lưu ${at}`);
      } else {
        device.keep(box.value); // typed while it was on its way
        say("Chưa lưu");
        saveSoon();
      }
    } else if (status === 409 && ours) {
      clash = true;
      say("Có hai bản khác nhau, chưa lưu");
      show(told.html);
    } else if (status < 500) {
      say("Chưa lưu được: mở thẻ khác để đăng nhập lại. Chữ vừa viết được giữ trên máy này");
    } else {
      say("Máy chủ đang bận. Bản soạn được giữ trên máy này, sẽ tự lưu");
    }
  } catch {
    say("Mất mạng, bản soạn đang giữ trên máy này. Có mạng sẽ tự lưu.");
  }
}
const saveNow = () => (saving ??= save().finally(() => (saving = null)));

function later(act, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
}
const keepSoon = later(() => clean(box.value) === clean(stored) ? device.drop() : device.keep(box.value), 250);
const saveSoon = later(saveNow, 2000);
const lookSoon = later(look, 600);

function typed(event) {
  if (event?.isComposing) return; // a letter that is not whole yet
  if (!clash && navigator.onLine) say(clean(box.value) === clean(stored) ? `Đã lưu ${at}` : "Chưa lưu");
  keepSoon();
  saveSoon();
  lookSoon();
}
box.addEventListener("input", typed);
box.addEventListener("compositionend", () => typed());
addEventListener("online", saveNow);
setInterval(saveNow, 20000);
addEventListener("pagehide", () => {
  if (clean(box.value) !== clean(stored)) device.keep(box.value);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  saveNow();
});
// Pages that show or change what is kept are opened when it is; where it cannot be kept, the device holds it.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-leave]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const address = new URL(link.href);
  if (address.pathname.endsWith("/anh")) address.searchParams.set("muc", section());
  await saving;
  await saveNow();
  location.assign(address);
});

// --- two texts ----------------------------------------------------------------------------------------------------

function show(html) {
  sides.innerHTML = html;
  sides.hidden = false;
  sides.scrollIntoView({ block: "start" });
  sides.focus();
}
sides.addEventListener("submit", (event) => {
  device.keep(event.target.elements["noi-dung"].value); // until it has arrived
  stored = box.value;
});
sides.addEventListener("click", (event) => {
  const link = event.target.closest("[data-keep=theirs]");
  if (!link) return;
  const mine = sides.querySelector("[data-keep=mine] [name=noi-dung]").value;
  device.keep(mine, SET_ASIDE); // given up, and still not lost
  device.drop();
  stored = box.value; // nothing more to keep when the page goes
});

async function compare(text) {
  try {
    const { ok, told } = await post(data.both, { "noi-dung": text, muc: form.elements.muc.value });
    if (ok) show(told.html);
  } catch {
    say("Máy này còn giữ bản chưa gửi. Có mạng, mở lại trang để xem hai bản.");
  }
}

const kept = device.read();
if (kept && clean(kept.text).trim() !== clean(stored).trim()) {
  clash = true; // until the person has chosen, nothing is sent
  compare(kept.text);
} else device.drop();

const aside = device.read(SET_ASIDE);
if (aside && clean(aside.text).trim() !== clean(stored).trim()) {
  const note = document.createElement("p");
  const button = document.createElement("button");
  note.className = "note note--s ednote";
  button.className = "linkbtn";
  button.type = "button";
  button.textContent = "Xem lại";
  button.addEventListener("click", () => compare(aside.text));
  note.append(`Bản cũ của đồng chí lúc ${aside.at} còn trên máy này. `, button);
  grid.before(note);
}

// --- the sections of the text -------------------------------------------------------------------------------------

// The keys of sections are the server's: nobody reads or types them. What kind one is of, the outline says; of one that
// is new, the words of its title.
const WORDS = { "tinh-huong": "Tình huống", "tu-lam": "Đồng chí tự làm", "viec-can-lam": "Việc cần làm" };
const spoken = (title, kind) => title.toLowerCase().includes(kind === "tu-lam" ? "đồng chí tự" : WORDS[kind].toLowerCase());
function kindOf(title) {
  const known = [...there("muc-luc").querySelectorAll("[data-part]")].find((one) => one.dataset.title === title);
  return known?.dataset.kind ?? ENDING.find((kind) => spoken(title, kind)) ?? PLAIN;
}
function parts(text = box.value) {
  const starts = [...text.matchAll(/^##(?=\s|$)/gm)].map((found) => found.index);
  return starts.map((start, n) => {
    const whole = text.slice(start, starts[n + 1] ?? text.length);
    return { start, whole, kind: kindOf(whole.split("\n")[0].slice(2).trim()) };
  });
}
const section = () => Math.max(1, parts().filter((part) => part.start <= box.selectionStart).length);

// Puts a text in place of a stretch, as if it had been typed: undo takes it back.
function put(text, start = box.selectionStart, end = box.selectionEnd) {
  box.focus();
  box.setSelectionRange(start, end);
  const done = text === "" ? document.execCommand("delete") : document.execCommand("insertText", false, text);
  if (done) return;
  box.setRangeText(text, start, end, "end");
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function goTo(line) {
  const lines = box.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  view("soan");
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length); // from below, so that the line comes to stand at the top
  box.scrollTop = box.scrollHeight;
  box.setSelectionRange(start, start);
  box.blur();
  box.focus();
}

const lineAt = (place) => box.value.slice(0, place).split("\n").length;

function titleOf(name) {
  return name.replace(/[\r\n{}]+/g, " ").replace(/\s+/g, " ").trim();
}
const ended = (text) => `${text.trimEnd()}\n\n`;

function add(title, kind) {
  const order = [PLAIN, ...ENDING];
  const found = parts();
  const before = found.filter((part) => order.indexOf(part.kind) <= order.indexOf(kind));
  const start = found[before.length]?.start ?? box.value.length;
  const gap = start && !box.value.slice(0, start).endsWith("\n\n") ? "\n\n" : "";
  const name = kind === PLAIN || spoken(title, kind) ? titleOf(title) : `${WORDS[kind]}: ${titleOf(title)}`;
  put(`${gap}## ${name}\n\n\n\n`, start, start);
  const caret = box.selectionStart - 2;
  box.setSelectionRange(caret, caret);
}

function change(act, number, title, kind) {
  const found = parts();
  const part = found[number - 1];
  if (act === "them") return add(title, kind);
  if (!part) return undefined;
  const end = part.start + part.whole.length;
  if (act === "ten") {
    return put(`## ${titleOf(title)}`, part.start, part.start + part.whole.split("\n")[0].length);
  }
  if (act === "bo") return put("", part.start, end);
  const other = found[act === "len" ? number - 2 : number];
  if (!other) return undefined;
  const [first, second] = act === "len" ? [other, part] : [part, other];
  return put(ended(second.whole) + ended(first.whole), first.start, second.start + second.whole.length);
}

there("muc-luc").addEventListener("submit", (event) => {
  event.preventDefault();
  const { muc, ten, loai } = event.target.elements;
  const act = event.submitter?.value ?? "ten";
  if ((act === "ten" || act === "them") && !ten.value.trim()) return ten.focus();
  if (act === "bo" && !confirm("Bỏ cả mục này? Bấm Hoàn tác để lấy lại.")) return undefined;
  change(act, Number(muc?.value), ten.value, loai?.value);
  return look();
});

// --- what stands at the caret, in words ---------------------------------------------------------------------------

const INSIDE = {
  "loi-giai": "Lời giải của tình huống, đến dòng :::. Người học bấm mới thấy.",
  "tu-hoi": "Khung “Dừng lại, tự hỏi”, đến dòng :::. Không tính điểm.",
};
const hint = there("o-day");
const usual = hint.innerHTML;
// The block that is open at the last of the lines, its closing line among it.
function blockOf(lines) {
  const open = lines.findLastIndex((line) => line.startsWith("::: ") && !line.startsWith("::: trich"));
  const done = lines.findIndex((line, n) => n > open && (line.trim() === ":::" || /^##(\s|$)/.test(line)));
  return open < 0 || (done >= 0 && done < lines.length - 1) ? undefined : INSIDE[lines[open].slice(4).trim()];
}
function tell() {
  const lines = box.value.slice(0, box.selectionStart).split("\n");
  lines[lines.length - 1] = box.value.split("\n")[lines.length - 1];
  const line = lines.at(-1);
  if (line.startsWith("::: trich")) return tellCited();
  if (/^##(\s|$)/.test(line)) hint.textContent = "Tên mục, sau dấu ##. Mỗi mục là một trang của người học.";
  else if (line.startsWith(">")) hint.textContent = "Đoạn nguyên văn: từng chữ như bản gốc.";
  else if (line.startsWith("![")) hint.textContent = "Hình. Chữ giữa [ ] mô tả hình cho người không nhìn thấy.";
  else if (blockOf(lines)) hint.textContent = blockOf(lines);
  else hint.innerHTML = usual;
  return undefined;
}
function tellCited() {
  const part = there("muc-luc").querySelector(`[data-part="${section()}"]`);
  const link = part?.querySelector("a[data-cite]")?.cloneNode();
  hint.textContent = part?.dataset.cited ? `Căn cứ của mục: ${part.dataset.cited}. ` : "Căn cứ của mục: chưa rõ điều khoản nào. ";
  if (!link) return;
  link.className = "";
  link.textContent = part.dataset.cited ? "Đổi trích dẫn" : "Chọn trích dẫn";
  hint.append(link);
}

// --- the toolbar --------------------------------------------------------------------------------------------------

function around(mark, words) {
  const chosen = box.value.slice(box.selectionStart, box.selectionEnd) || words;
  const start = box.selectionStart + mark.length;
  put(`${mark}${chosen}${mark}`);
  box.setSelectionRange(start, start + chosen.length);
}
function listed() {
  const start = box.value.lastIndexOf("\n", box.selectionStart - 1) + 1;
  const end = box.selectionEnd;
  put(box.value.slice(start, end).split("\n").map((line) => (line.startsWith("- ") ? line : `- ${line}`)).join("\n"), start, end);
}
// A block stands below what is chosen, never in place of it.
function block(text, chosen) {
  const at = box.selectionEnd;
  const before = box.value.slice(0, at);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const start = at + gap.length + text.indexOf(chosen);
  put(`${gap}${text}\n`, at, at);
  box.setSelectionRange(start, start + chosen.length);
}
// One situation to a lesson: where there is one already, the caret goes there.
function situation() {
  const found = parts();
  const there = found.findIndex((part) => part.kind === "tinh-huong");
  if (there < 0) add("Tình huống: tên tình huống", "tinh-huong");
  else box.setSelectionRange(found[there].start + found[there].whole.trimEnd().length, found[there].start + found[there].whole.trimEnd().length);
  block("Chuyện xảy ra thế nào?\n\n::: loi-giai\nNên làm gì, vì sao.\n:::\n", "Chuyện xảy ra thế nào?");
}
const tools = {
  bold: () => around("**", "chữ đậm"),
  italic: () => around("*", "chữ nghiêng"),
  list: listed,
  section: () => {
    add("Tên mục mới", PLAIN);
    const start = box.value.lastIndexOf("Tên mục mới", box.selectionStart);
    box.setSelectionRange(start, start + "Tên mục mới".length);
  },
  undo: () => {
    box.focus();
    document.execCommand("undo");
  },
  cite: () => pick(`${data.shelf}&muc=${section()}`),
  case: situation,
  think: () => block("::: tu-hoi\n- Ở khâu tôi làm, …\n:::\n", "Ở khâu tôi làm, …"),
};
const bar = document.querySelector(".tools");
bar.hidden = false;
bar.addEventListener("mousedown", (event) => event.preventDefault()); // the caret stays where it is
bar.addEventListener("click", (event) => tools[event.target.closest("[data-do]")?.dataset.do]?.());
box.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  const act = { b: "bold", i: "italic" }[event.key.toLowerCase()];
  if (event.key.toLowerCase() === "s") saveNow();
  else if (!act) return;
  else tools[act]();
  event.preventDefault();
});

// --- choosing a provision -----------------------------------------------------------------------------------------

async function pick(address) {
  try {
    const answer = await fetch(address, { headers: { "X-Luu": "1" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    shelf.innerHTML = await answer.text();
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  } catch {
    location.assign(address); // the same as a page of its own
  }
}
function cite(number, reference, quotation = "") {
  const part = parts()[number - 1];
  if (!part) return;
  const [heading, ...rest] = part.whole.split("\n");
  const cited = /^[^\S\n]*\n*::: trich[^\n]*\n?/;
  const after = `\n${rest.join("\n")}`;
  const old = cited.exec(after.slice(1));
  const start = part.start + heading.length;
  const end = old ? start + 1 + old[0].length : start;
  const empty = /^\n*/.exec(box.value.slice(end))[0].length;
  put(`\n\n::: trich ${reference}\n${quotation && `\n> ${quotation}\n`}\n`, start, end + empty);
}
async function quote(asked) {
  const { ok, told } = await post(asked.getAttribute("action"), Object.fromEntries(new FormData(asked))).catch(() => ({ told: {} }));
  if (!ok) {
    there("cho-lech").innerHTML = told.html ?? "";
    if (!told.html) there("cho-lech").textContent = "Mất mạng, chưa đối chiếu được.";
    return;
  }
  dialog.close();
  cite(Number(asked.elements.muc.value), asked.elements.dan.value, told.trich);
  look();
}
document.addEventListener("selectionchange", () => {
  const chosen = getSelection();
  const text = there("ban-goc");
  if (text && chosen.rangeCount && text.contains(chosen.anchorNode) && !chosen.isCollapsed) there("doan").value = chosen.toString().replace(/\s+/g, " ");
});
dialog.addEventListener("click", (event) => {
  if (event.target.closest(".pick__x")) return dialog.close();
  const link = event.target.closest("a[href*='/soan/trich']");
  if (!link) return undefined;
  event.preventDefault();
  return pick(link.getAttribute("href"));
});
dialog.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = event.target;
  if ("quote" in asked.dataset) return quote(asked);
  if (asked.method === "get") return pick(`${asked.getAttribute("action")}?${new URLSearchParams(new FormData(asked))}`);
  dialog.close();
  cite(Number(asked.elements.muc.value), asked.dataset.insert);
  return look();
});

// --- looking ------------------------------------------------------------------------------------------------------

let looking = 0;
async function look() {
  const mine = (looking += 1);
  form.elements.muc.value = section();
  try {
    const { ok, told } = await post(data.preview, { "noi-dung": box.value, muc: section() });
    if (!ok || mine !== looking) return; // a later one is on its way
    const open = there("muc-luc").contains(document.activeElement) || there("muc-luc").querySelector("details[open] input:focus");
    if (!open) there("muc-luc").innerHTML = told.mucLuc;
    there("xem-thu").innerHTML = told.xemThu;
    there("chat-luong").innerHTML = told.chatLuong;
    for (const place of document.querySelectorAll("[data-count]")) place.textContent = told.so;
    for (const field of there("muc-luc").querySelectorAll("input[name=tu]")) field.value = from;
    tell();
  } catch {
    // without a line there is nothing to show; what was typed is kept all the same
  }
}
let last = section();
document.addEventListener("selectionchange", () => {
  if (document.activeElement !== box) return;
  tell();
  if (section() === last) return;
  last = section();
  lookSoon();
});

function view(name) {
  grid.dataset.view = name;
  for (const tab of document.querySelectorAll(".edtabs [data-view]")) {
    if (tab.dataset.view === name) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
}
document.querySelector(".edtabs").addEventListener("click", (event) => {
  const tab = event.target.closest("[data-view]");
  if (!tab) return;
  event.preventDefault();
  view(tab.dataset.view);
});
grid.addEventListener("click", (event) => {
  const cited = event.target.closest("a[data-cite]");
  const line = event.target.closest("a[data-line]");
  if (cited) {
    event.preventDefault();
    pick(cited.getAttribute("href"));
  } else if (line) {
    event.preventDefault();
    const start = parts()[line.closest("[data-part]")?.dataset.part - 1]?.start; // lines may have moved since it was told
    goTo(start === undefined ? Number(line.dataset.line) : lineAt(start));
  }
});
const widths = document.querySelector(".look__w");
widths.hidden = false;
widths.addEventListener("click", (event) => {
  const wanted = event.target.closest("[data-width]");
  if (!wanted) return;
  grid.classList.toggle("edgrid--desk", wanted.dataset.width === "desk");
  for (const one of widths.children) one.setAttribute("aria-pressed", String(one === wanted));
});

// --- who else is here ---------------------------------------------------------------------------------------------

async function present() {
  if (document.hidden) return;
  try {
    const { ok, told } = await post(data.present, { phan: `lesson/${section()}` });
    if (!ok) return;
    const place = there("ai-soan");
    if (place.innerHTML.trim() !== told.aiSoan.trim()) place.innerHTML = told.aiSoan;
    if (told.tu !== from && !saving && !clash) newer(told);
  } catch {
    // the line is down: the saved mark says so
  }
}
function newer(told) {
  if (there("ban-moi")) return;
  const note = document.createElement("p");
  const link = document.createElement("a");
  note.id = "ban-moi";
  note.className = "note note--s";
  link.href = data.here;
  link.textContent = "Mở bản mới";
  note.append(`Đồng chí ${told.nguoi} vừa lưu bài này lúc ${told.luc}. `, link, ". Chữ đồng chí đang viết vẫn được giữ.");
  there("ai-soan").after(note);
  note.classList.add("ednote");
}
present();
setInterval(present, 20000);
addEventListener("pagehide", () => {
  const body = new FormData();
  body.set("csrf", form.elements.csrf.value);
  body.set("di", "1");
  navigator.sendBeacon(data.present, body);
});

const asked = Number(new URLSearchParams(location.search).get("muc"));
const first = parts()[asked - 1];
if (first) goTo(lineAt(first.start));
