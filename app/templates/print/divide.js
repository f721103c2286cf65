"use strict";
// The page divides itself: sheets of the paper's size, each with the head of the table, sums carried over in between.
const { carried, running, width_mm, height_mm } = JSON.parse(document.getElementById("page").textContent);
const faces = ["400 9.5pt Sarabun", "700 9.5pt Sarabun"];
const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
function divide() {
  const source = document.getElementById("source");
  const columns = source.querySelectorAll("col").length;
  const table = source.querySelector("table");
  const rows = [...table.tBodies[0].rows];
  const heights = rows.map((row) => row.getBoundingClientRect().height);
  const headHeight = table.tHead.getBoundingClientRect().height;
  const above = table.getBoundingClientRect().top - source.getBoundingClientRect().top;
  const signature = source.querySelector(".signature");
  const style = getComputedStyle(source);
  const millimetre = source.getBoundingClientRect().width / width_mm;
  const paper = height_mm * millimetre;
  const bottom = parseFloat(style.paddingBottom);
  const signed = signature ? signature.getBoundingClientRect().height + 12 * millimetre : 0;
  const later = parseFloat(style.paddingTop) + 7 * millimetre;
  const carryHeight = carried.length ? 7 * millimetre : 0;
  const sums = carried.map(() => 0);
  const sheets = [];
  let sheet = null, left = 0;
  function carry(title) {
    const row = document.createElement("tr");
    row.className = "carried";
    const first = carried[0];
    for (let n = 0; n < columns; n++) {
      if (n > 0 && n < first) continue;
      const cell = document.createElement("td");
      if (n === 0) { cell.colSpan = first; cell.className = "right"; cell.textContent = title; }
      else if (carried.includes(n)) { cell.className = "right"; cell.textContent = money.format(sums[carried.indexOf(n)] / 100); }
      row.append(cell);
    }
    return row;
  }
  function begin() {
    if (sheet && carried.length) sheet.body.append(carry("ยอดยกไป"));
    const page = document.createElement("div");
    page.className = "sheet";
    const first = sheets.length === 0;
    if (first) for (const part of source.querySelectorAll(".titles, .preface")) page.append(part.cloneNode(true));
    else { const line = document.createElement("div"); line.className = "running"; line.textContent = running; page.append(line); }
    const copy = table.cloneNode(false);
    copy.append(table.querySelector("colgroup").cloneNode(true), table.tHead.cloneNode(true));
    const body = copy.createTBody();
    page.append(copy);
    left = paper - bottom - headHeight - (first ? above : later) - carryHeight;
    if (!first && carried.length) { body.append(carry("ยอดยกมา")); left -= carryHeight; }
    sheet = { page, body, rows: 0 };
    sheets.push(sheet);
  }
  begin();
  rows.forEach((row, n) => {
    let wanted = heights[n];
    // The head of a group does not stand alone at the foot of a sheet.
    for (let k = n; k < rows.length - 1 && /strategy|programme/.test(rows[k].className); k++) wanted += heights[k + 1];
    if (n === rows.length - 1) wanted += signed - carryHeight;
    if (sheet.rows > 0 && wanted > left) begin();
    if (heights[n] > left) sheet.page.classList.add("tall");
    sheet.body.append(row);
    sheet.rows += 1;
    left -= heights[n];
    if (row.dataset.carried) row.dataset.carried.split(",").forEach((satang, k) => { sums[k] += Number(satang); });
  });
  if (signature) sheet.page.append(signature);
  source.remove();
  sheets.forEach(({ page }, n) => {
    const foot = document.getElementById("foot").content.cloneNode(true);
    foot.querySelector("[data-page]").textContent = `${n + 1}/${sheets.length}`;
    page.append(foot);
    document.body.append(page);
  });
}
Promise.all(faces.map((face) => document.fonts.load(face, "กA1"))).then(divide);
