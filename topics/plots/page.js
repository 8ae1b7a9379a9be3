"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("parts");
const spot = (tag, given, text) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};
const part = (title) => {
  const section = document.createElement("section");
  const head = document.createElement("h2");
  head.textContent = title;
  const pair = document.createElement("div");
  pair.className = "pair";
  section.append(head, pair);
  main.append(section);
  return pair;
};
const canvas = (width, height, label) =>
  spot("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
const range = (points, key) => {
  const values = points.map((point) => point[key]);
  const least = Math.min(...values), most = Math.max(...values);
  return (value, size, edge) => edge + (most > least ? (value - least) / (most - least) : .5) * (size - 2 * edge);
};
const colour = (number) => data.colours[number % data.colours.length];

if (data.topics.length) {
  const pair = part("Topics: close together shares terms");
  const map = canvas(620, 460, "map of topics"), bars = canvas(420, 460, "terms of the topic");
  const x = range(data.topics, "x"), y = range(data.topics, "y"), drawn = [];
  const choose = (topic) => {
    bars.replaceChildren(spot("text", { x: 8, y: 20, "font-weight": "bold" }, topic.name));
    const terms = Object.entries(topic.terms), top = Math.max(...terms.map((term) => term[1]));
    terms.forEach(([term, share], place) => {
      const height = 40 + place * 26;
      bars.append(
        spot("rect", { x: 150, y: height - 12, width: 200 * share / top, height: 16, fill: colour(topic.number) }),
        spot("text", { x: 142, y: height, "text-anchor": "end" }, term),
        spot("text", { x: 156 + 200 * share / top, y: height }, `${(100 * share).toFixed(1)} %`));
    });
    drawn.forEach(([circle, own]) => circle.classList.toggle("chosen", own === topic));
  };
  for (const topic of [...data.topics].sort((one, two) => two.share - one.share)) {
    const place = { cx: x(topic.x, 620, 60), cy: y(topic.y, 460, 50) };
    const circle = spot("circle", {
      ...place, r: 5 + 70 * Math.sqrt(topic.share), fill: colour(topic.number), class: "topic", tabindex: 0,
      role: "button", "aria-label": topic.name });
    circle.append(spot("title", {}, topic.name));
    circle.addEventListener("click", () => choose(topic));
    circle.addEventListener("focus", () => choose(topic));
    drawn.push([circle, topic]);
    map.append(circle, spot("text", { x: place.cx, y: place.cy, "text-anchor": "middle", "pointer-events": "none" },
      Object.values(topic.name.split(", "))[0]));
  }
  pair.append(map, bars);
  choose(data.topics[0]);
}
if (data.packages.length) {
  const map = canvas(900, 620, "map of packages");
  const x = range(data.packages, "x"), y = range(data.packages, "y");
  const names = new Map(data.topics.map((topic) => [topic.number, topic.name]));
  for (const found of data.packages) {
    const dot = spot("circle", { cx: x(found.x, 900, 15), cy: y(found.y, 620, 15), r: 2.5, fill: colour(found.topic) });
    dot.append(spot("title", {}, `${found.name}: ${names.get(found.topic) ?? found.topic}`));
    map.append(dot);
  }
  part("Packages by their topics").append(map);
}
if (data.risk.length) {
  const curve = canvas(480, 320, "precision against coverage");
  const place = (point) => `${50 + 410 * point.coverage},${280 - 260 * point.precision}`;
  for (const tick of [0, .25, .5, .75, 1]) {
    curve.append(
      spot("text", { x: 50 + 410 * tick, y: 297, "text-anchor": "middle" }, tick),
      spot("text", { x: 44, y: 284 - 260 * tick, "text-anchor": "end" }, tick),
      spot("line", { x1: 50, x2: 460, y1: 280 - 260 * tick, y2: 280 - 260 * tick, stroke: "#ddd" }));
  }
  curve.append(
    spot("polyline", { points: data.risk.map(place).join(" "), fill: "none", stroke: colour(0), "stroke-width": 2 }),
    spot("text", { x: 255, y: 315, "text-anchor": "middle" }, "share of packages answered, the most certain first"));
  part("Share of first labels that are right").append(curve);
}
if (data.confusion) {
  const labels = data.confusion.labels, cell = 18, left = 150, high = 150;
  const square = canvas(left + cell * labels.length + 10, high + cell * labels.length + 10, "confusion of labels");
  data.confusion.counts.forEach((row, own) => {
    const total = Math.max(1, row.reduce((one, two) => one + two, 0));
    square.append(spot("text", { x: left - 6, y: high + cell * own + 13, "text-anchor": "end" }, labels[own]));
    square.append(spot("text", {
      x: 0, y: 0, transform: `translate(${left + cell * own + 13} ${high - 6}) rotate(-90)` }, labels[own]));
    row.forEach((count, other) => {
      const box = spot("rect", {
        x: left + cell * other, y: high + cell * own, width: cell - 1, height: cell - 1, fill: colour(0),
        "fill-opacity": .04 + .96 * count / total });
      box.append(spot("title", {}, `has ${labels[own]}, predicted ${labels[other]}: ${count}`));
      square.append(box);
    });
  });
  part("What is predicted first for packages of each label").append(square);
}
