// Chép: the button appears only where the script runs; without it the text is selected by hand.
const text = document.getElementById("cau");
const button = document.getElementById("chep");
const said = document.getElementById("da-chep");

button.hidden = false;
button.addEventListener("click", async () => {
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    said.textContent = "Đã chép.";
  } catch {
    said.textContent = "Máy này không cho chép tự động. Chữ đã được chọn, đồng chí chép bằng tay.";
  }
});
