// Chọn đơn vị: the same form, sent while one types; only the choices of that field are renewed.
let turn = 0;

const ticked = (place) => [...place.querySelectorAll("[data-cho] :checked")].map((one) => one.value).join();
const field = (element) => element.closest?.("[data-chon]");

async function renew(place, value) {
  const mine = ++turn;
  const body = new URLSearchParams(new FormData(place.closest("form")));
  body.set(`${place.dataset.chon}-xem`, value);
  const before = ticked(place);
  const answer = await fetch(place.dataset.tai, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(`[data-chon="${place.dataset.chon}"]`);
  if (mine !== turn) return true;
  if (!fresh) return false; // signed out meanwhile: the plain way tells
  if (ticked(place) !== before) return renew(place, value); // ticked while waiting: nothing of it is lost
  place.querySelector("[data-cho]").replaceWith(fresh.querySelector("[data-cho]"));
  if (value !== "tim") {
    place.querySelector("[type=search]").value = "";
    (place.querySelector(".pick__up button") || place.querySelector(".pick__ul input"))?.focus();
  }
  return true;
}

let wait;
document.addEventListener("input", (event) => {
  if (event.target.type !== "search" || !field(event.target) || event.isComposing) return;
  clearTimeout(wait);
  wait = setTimeout(() => renew(field(event.target), "tim").catch(() => {}), 300);
});
document.addEventListener("compositionend", (event) => {
  if (field(event.target)) event.target.dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.target.type !== "search" || !field(event.target)) return;
  event.preventDefault();
  clearTimeout(wait);
  renew(field(event.target), "tim").catch(() => {});
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[name$='-xem']");
  if (!button || !field(button)) return;
  event.preventDefault();
  clearTimeout(wait);
  const done = await renew(field(button), button.value).catch(() => false);
  if (!done) button.form.requestSubmit(button);
});
