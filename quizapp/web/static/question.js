// A question's page works as a plain form; this adds keys, the saved mark, and a word when the line is down.
const form = document.getElementById("cau");
const status = document.getElementById("da-luu");
const isForm = form instanceof HTMLFormElement;

document.getElementById("loi")?.focus();

function say(words) {
  if (status) status.textContent = words;
}

// A-D or 1-4 choose, unless the person turned that off or is typing; a modifier means something else.
function choose(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "radio" && event.target.type !== "checkbox") return;
  const next = document.querySelector("[data-next]");
  if (event.key === "Enter" && next && event.target === document.body) return next.click();
  if (!isForm || !form.dataset.keys) return;
  const inputs = [...form.querySelectorAll("input[name=chon]")];
  const place = /^[a-h]$/i.test(event.key) ? event.key.toLowerCase().charCodeAt(0) - 97 : /^[1-8]$/.test(event.key) ? event.key - 1 : -1;
  const input = inputs[place];
  if (input) {
    input.focus();
    input.click();
    event.preventDefault();
  } else if (event.key === "Enter" && event.target === document.body) {
    form.requestSubmit();
  }
}
document.addEventListener("keydown", choose);

if (isForm) {
  // Answers may change until hand-in: each choice is kept on this device first, then sent, until it has arrived.
  if (form.dataset.autosave) {
    const KEY = "cho-gui:";
    const waiting = () => Object.keys(localStorage).filter((key) => key.startsWith(KEY));
    const ahead = Date.parse(form.dataset.now) - Date.now(); // the server's clock decides which answer is the later
    let sendingNow = null;

    const send = async () => {
      let sent = 0;
      for (const key of waiting()) {
        const kept = localStorage.getItem(key);
        const body = new URLSearchParams(kept);
        body.set("csrf", form.elements.csrf.value);
        const answer = await fetch(key.slice(KEY.length), { method: "POST", body, headers: { "X-Luu": "1" } });
        if (answer.status >= 500 || answer.redirected) return sent; // signed out, or trouble there: it stays here
        if (localStorage.getItem(key) === kept) localStorage.removeItem(key);
        sent += answer.status === 204;
        if (answer.headers.get("X-Het-Gio")) location.assign(form.action.replace(/[0-9]+$/, "ket-qua"));
      }
      return sent;
    };
    window.sendWaiting = () => (sendingNow ??= send().finally(() => (sendingNow = null)));

    const sendAndSay = async (words) => {
      const slow = setTimeout(() => say("Đang lưu…"), 400);
      try {
        const sent = await window.sendWaiting();
        if (sent && !waiting().length) say(words(sent));
      } catch {
        say("Mất kết nối. Đồng chí cứ làm tiếp, câu trả lời được giữ trên máy này.");
      } finally {
        clearTimeout(slow);
      }
    };
    const back = (sent) => `Đã có mạng. Đã gửi ${sent} câu trả lời còn giữ trên máy.`;
    const clock = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
    const saved = () => `Đã lưu câu trả lời lúc ${clock.format(Date.now() + ahead)}`; // as the page itself says it

    form.addEventListener("change", async () => {
      const body = new URLSearchParams(new FormData(form));
      body.set("seq", String(Math.round(Date.now() + ahead)));
      localStorage.setItem(KEY + form.getAttribute("action"), body);
      await sendingNow?.catch(() => 0);
      sendAndSay(saved);
    });
    addEventListener("online", () => sendAndSay(back));
    setInterval(() => waiting().length && sendAndSay(back), 20000);
    if (waiting().length) sendAndSay(back);
  }
  let sending = false;
  form.addEventListener("submit", (event) => {
    if (!navigator.onLine) {
      event.preventDefault();
      say("Mất kết nối. Lựa chọn còn trên màn hình; đồng chí bấm lại khi có mạng.");
    } else if (sending) {
      event.preventDefault();
    } else {
      sending = true;
      setTimeout(() => say("Đang lưu…"), 400);
    }
  });
  addEventListener("pageshow", () => (sending = false));
}
