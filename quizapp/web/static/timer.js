// The clock of a timed paper: counts by the server's time, speaks at 10, 5 and 1 minutes, can be hidden, hands in at the end
// (unless the person has been given more time since: then the page that follows shows it).
const clock = document.getElementById("dong-ho");
const words = clock.querySelector("span");
const said = document.getElementById("bao-gio");
const hide = clock.querySelector("button");
const deadline = Date.parse(clock.dataset.deadline);
const ahead = Date.parse(clock.dataset.now) - Date.now(); // of this device's clock
const answered = `Đã trả lời ${clock.dataset.answered} câu.`;
const SENTENCES = {
  10: `Còn 10 phút. ${answered}`,
  5: `Còn 5 phút. ${answered}`,
  1: "Còn 1 phút. Bài sẽ tự nộp khi hết giờ, kể cả câu đang chọn.",
};
const left = () => Math.max(0, Math.ceil((deadline - Date.now() - ahead) / 1000));
const SEEN = "con-lai:" + clock.dataset.handIn; // going to the next question, a minute to be spoken at may pass
let before = Number(sessionStorage.getItem(SEEN)) || left();

function show(hidden) {
  words.hidden = hidden;
  hide.textContent = hidden ? "Hiện giờ" : "Ẩn giờ";
  hide.setAttribute("aria-pressed", String(hidden));
}

hide.hidden = false;
hide.addEventListener("click", () => {
  show(!words.hidden);
  localStorage.setItem("an-gio", words.hidden ? "1" : "");
});
show(localStorage.getItem("an-gio") === "1");

async function handIn() {
  await window.sendWaiting?.();
  const body = new URLSearchParams({ csrf: document.querySelector("[name=csrf]").value, "het-gio": "1" });
  try {
    await fetch(clock.dataset.handIn, { method: "POST", body, redirect: "manual" });
    location.replace(clock.dataset.handIn.replace(/nop$/, "ket-qua"));
  } catch {
    said.textContent = "Chưa gửi được bài vì mất mạng. Bài được giữ trên máy và tự gửi khi có mạng. Đừng xóa dữ liệu trình duyệt.";
    setTimeout(handIn, 5000);
  }
}

function tick() {
  const now = left();
  words.textContent = `${Math.floor(now / 60)}:${String(now % 60).padStart(2, "0")}`;
  for (const minutes of [10, 5, 1]) {
    const passed = before > minutes * 60 && now <= minutes * 60;
    if (passed && now > minutes * 60 - 30) said.textContent = SENTENCES[minutes];
  }
  before = now;
  sessionStorage.setItem(SEEN, String(now));
  if (now > 0) return setTimeout(tick, 1000);
  said.textContent = "Hết giờ. Đang nộp bài…";
  handIn();
}
tick();
