"use strict";
// Tables: a click on a column's head sorts by it.
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement, row = head.parentElement, body = head.closest("table").tBodies[0];
    const at = [...row.children].indexOf(head), numeric = head.classList.contains("n");
    const down = head.getAttribute("aria-sort") !== "descending";
    for (const other of row.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = line => { const text = line.children[at].textContent; return numeric ? parseFloat(text.replace(/[^0-9.eE-]/g, "")) || 0 : text; };
    const order = (a, b) => numeric ? key(a) - key(b) : key(a).localeCompare(key(b));
    const lines = [...body.rows].sort(order);
    if (down) lines.reverse();
    body.append(...lines);
  });
}
// Packets: only the rows in sight are in the page.
const packets = JSON.parse(document.getElementById("packets").textContent);
const list = document.getElementById("list"), find = document.getElementById("find");
const found = document.getElementById("found"), whole = document.getElementById("whole");
const high = 20, space = document.createElement("div");
list.append(space);
let shown = packets, chosen = null;
function show() {
  space.style.height = shown.length * high + "px";
  for (const row of list.querySelectorAll(".row")) row.remove();
  const first = Math.max(0, Math.floor(list.scrollTop / high) - 5), last = Math.min(shown.length, first + Math.ceil(list.clientHeight / high) + 10);
  for (let i = first; i < last; i++) {
    const row = document.createElement("div");
    row.className = shown[i] === chosen ? "row chosen" : "row";
    row.style.top = i * high + "px";
    row.textContent = String(shown[i][0]).padStart(7) + "  " + shown[i][1].padStart(14) + "  " + shown[i][2].padEnd(10) + "  " + shown[i][3];
    row.dataset.at = i;
    list.append(row);
  }
}
function search() {
  const words = find.value, pattern = /^\/(.*)\/$/.exec(words);
  let test = packet => true;
  find.setCustomValidity("");
  if (pattern) {
    try { const expression = new RegExp(pattern[1], "i"); test = packet => expression.test(packet[2] + " " + packet[3]); }
    catch (error) { find.setCustomValidity(error.message); find.reportValidity(); return; }
  } else if (words) {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    test = packet => { const text = (packet[0] + " " + packet[2] + " " + packet[3]).toLowerCase(); return wanted.every(word => text.includes(word)); };
  }
  shown = packets.filter(test);
  found.textContent = shown.length + " of " + packets.length + " shown";
  list.scrollTop = 0;
  show();
}
let waiting = 0;
find.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
list.addEventListener("scroll", () => requestAnimationFrame(show));
list.addEventListener("click", event => {
  const row = event.target.closest(".row");
  if (!row) return;
  chosen = shown[row.dataset.at];
  whole.textContent = "Packet " + chosen[0] + " at " + chosen[1] + " s\n" + chosen[3];
  show();
});
window.addEventListener("resize", show);
search();
