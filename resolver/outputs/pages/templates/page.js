"use strict";
(() => {
  const make = (tag, fields, ...inside) => { const made = Object.assign(document.createElement(tag), fields); made.append(...inside); return made; };
  const told = (row, column) => { const cell = row.cells[column]; const data = cell && cell.querySelector("data"); return data ? data.value : (cell ? cell.textContent : ""); };
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const order = (a, b) => (a !== "" && b !== "" && !isNaN(a) && !isNaN(b) ? a - b : compare(a, b));
  for (const table of document.querySelectorAll("section table:not(.bars)")) {
    const body = table.tBodies[0];
    if (!body || body.rows.length < 8) continue;
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = make("button", { type: "button", title: "Sort by this column" }, ...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...body.rows].map(row => [told(row, column), row]);
        rows.sort((a, b) => (up ? 1 : -1) * order(a[0], b[0]));
        body.append(...rows.map(pair => pair[1]));
      });
    });
    if (table.closest("td")) continue;
    const input = make("input", { type: "search", placeholder: "Find in " + body.rows.length.toLocaleString("en") + " rows" });
    input.setAttribute("aria-label", "Show only rows with this text");
    const output = make("output", {});
    table.closest(".scroll").before(make("p", { className: "find" }, input, output));
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let found = 0;
      for (const row of body.rows) { const fits = !wanted || row.textContent.toLowerCase().includes(wanted); row.hidden = !fits; found += fits; }
      output.value = wanted ? found.toLocaleString("en") + " found" : "";
    });
  }
  for (const graph of document.querySelectorAll(".graph")) {
    const nodes = [...graph.querySelectorAll(".node")], edges = [...graph.querySelectorAll(".edge")];
    const asked = [...graph.querySelectorAll(".direct rect")].map(rect => rect.y.baseVal.value);
    if (asked.length) graph.closest(".scroll").scrollTop = Math.min(...asked) - 24;
    const light = node => {
      const own = node.dataset.n, near = new Set([own]), from = new Map(edges.filter(e => e.dataset.t === own).map(e => [e.dataset.s, +node.dataset.c]));
      for (const edge of edges) {
        const { s, t, c } = edge.dataset;
        const is = s === own || t === own || (t === undefined && from.has(s) && +c < from.get(s));
        edge.classList.toggle("near", is);
        if (s === own && t !== undefined) near.add(t);
        if (t === own) near.add(s);
      }
      for (const other of nodes) other.classList.toggle("near", near.has(other.dataset.n));
      graph.classList.add("lit");
    };
    const dim = () => { graph.classList.remove("lit"); for (const each of [...nodes, ...edges]) each.classList.remove("near"); };
    for (const node of nodes) {
      for (const on of ["mouseenter", "focus"]) node.addEventListener(on, () => light(node));
      for (const off of ["mouseleave", "blur"]) node.addEventListener(off, dim);
    }
  }
})();
