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
  // Answers may change until hand-in: each choice is saved when made.
  if (form.dataset.autosave) {
    form.addEventListener("change", async () => {
      const body = new FormData(form);
      body.set("seq", String(Date.now()));
      const slow = setTimeout(() => say("Đang lưu…"), 400);
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body), headers: { "X-Luu": "1" } });
        if (answer.status === 204) {
          const time = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit" }).format(new Date());
          say(`Đã lưu câu trả lời lúc ${time}`);
        }
      } catch {
        say("Mất kết nối. Đồng chí cứ làm tiếp, bấm nút dưới khi có mạng để lưu.");
      } finally {
        clearTimeout(slow);
      }
    });
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
