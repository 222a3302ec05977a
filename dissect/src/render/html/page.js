"use strict";
const by = id => document.getElementById(id);
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
// Packets: only the rows in sight are in the page. A row is number, time, protocol, line, and perhaps a class and what was found.
const packets = JSON.parse(by("packets").textContent);
const list = by("list"), find = by("find"), found = by("found"), whole = by("whole");
const high = 20, space = document.createElement("div");
list.append(space);
let shown = packets, chosen = null;
function show() {
  space.style.height = shown.length * high + "px";
  for (const row of list.querySelectorAll(".row")) row.remove();
  const first = Math.max(0, Math.floor(list.scrollTop / high) - 5), last = Math.min(shown.length, first + Math.ceil(list.clientHeight / high) + 10);
  for (let i = first; i < last; i++) {
    const packet = shown[i], row = document.createElement("div");
    row.className = "row " + (packet[4] || "") + (packet === chosen ? " chosen" : "");
    row.style.top = i * high + "px";
    row.textContent = String(packet[0]).padStart(7) + "  " + packet[1].padStart(14) + "  " + packet[2].padEnd(10) + "  " + packet[3];
    if (packet[5]) {
      const remark = document.createElement("i");
      remark.textContent = "  " + packet[5];
      row.append(remark);
    }
    row.dataset.at = i;
    list.append(row);
  }
}
function choose(packet) {
  chosen = packet;
  whole.textContent = "Packet " + packet[0] + " at " + packet[1] + " s\n" + packet[3] + (packet[5] ? "\n" + packet[5] : "");
  const at = shown.indexOf(packet) * high;
  if (at < list.scrollTop || at + high > list.scrollTop + list.clientHeight) list.scrollTop = at - list.clientHeight / 2;
  show();
}
// The search: words that all occur, or a regular expression; of packets and of the rows of tables.
const tables = [...document.querySelectorAll("table")].map(table => {
  const rows = [...table.tBodies[0].rows].map(row => [row, [...row.cells].map(cell => cell.textContent).join(" ").toLowerCase()]);
  const count = document.createElement("span");
  count.className = "count";
  table.closest(".scroll").previousElementSibling.append(count);
  return { rows, count, box: table.closest(".scroll") };
});
function tester() {
  const words = find.value.trim(), pattern = /^\/(.*)\/$/.exec(words);
  if (pattern) {
    const expression = new RegExp(pattern[1], "i");
    return text => expression.test(text);
  }
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return text => wanted.every(word => text.includes(word));
}
const texts = packets.map(packet => (packet[0] + " " + packet[2] + " " + packet[3] + " " + (packet[5] || "")).toLowerCase());
function search() {
  let test;
  find.setCustomValidity("");
  try { test = tester(); }
  catch (error) { find.setCustomValidity(error.message); find.reportValidity(); return; }
  shown = packets.filter((_, at) => test(texts[at]));
  const all = !find.value.trim();
  found.textContent = all ? packets.length + " packets" : shown.length + " of " + packets.length + " packets";
  for (const { rows, count, box } of tables) {
    let left = 0;
    for (const [row, text] of rows) {
      const fits = all || test(text);
      row.hidden = !fits;
      left += fits;
    }
    box.hidden = !left;
    count.textContent = all ? "" : "  " + left + " of " + rows.length + " found";
  }
  list.scrollTop = 0;
  show();
}
let waiting = 0;
find.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
list.addEventListener("scroll", () => requestAnimationFrame(show));
list.addEventListener("click", event => {
  const row = event.target.closest(".row");
  if (row) choose(shown[row.dataset.at]);
});
list.addEventListener("keydown", event => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const next = step && shown[shown.indexOf(chosen) + step];
  if (next) { event.preventDefault(); choose(next); }
});
// What stands in a table leads to its packets.
function searchFor(words) {
  find.value = words;
  search();
  by("list-of-packets").scrollIntoView();
}
// A finding is searched for as a whole: what one is called may be the beginning of another.
const exactly = text => "/" + text.replace(/[.*+?^${}()|[\]\\\/]/g, "\\$&") + "(;|$)/";
for (const cell of document.querySelectorAll("td.s")) cell.addEventListener("click", () => searchFor(exactly(cell.textContent)));
for (const cell of document.querySelectorAll("td.f")) cell.addEventListener("click", () => {
  searchFor("");
  const packet = packets.find(packet => String(packet[0]) === cell.textContent);
  if (packet) choose(packet);
  else whole.textContent = "Packet " + cell.textContent + " is not in the list.";
});
window.addEventListener("resize", show);
search();
