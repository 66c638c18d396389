"use strict";
// Everything is put into the page as text, never as markup: a class may have any name.
const report = JSON.parse(document.getElementById("report").textContent);
const SVG = "http://www.w3.org/2000/svg";
const COLORS = ["var(--a)", "var(--b)", "var(--c)", "var(--d)"];

function element(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function shape(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "style") node.style.cssText = value;
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
  return node;
}

function number(value, digits) {
  if (value === null || value === undefined) return "\u2013";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return value.toLocaleString("en-US", { maximumFractionDigits: digits === undefined ? 4 : digits });
}

function percent(value, digits) {
  return value === null || value === undefined ? "\u2013" : (100 * value).toFixed(digits === undefined ? 2 : digits) + " %";
}

function area(value) {
  return value === null ? "\u2013" : value.toFixed(4);
}

function section(title, ...children) {
  const id = title.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  document.getElementById("page").append(
    element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...children));
}

function card(...children) {
  return element("div", { class: "card" }, ...children);
}

function legend(names) {
  return element("ul", { class: "legend" },
    ...names.map((name, i) => element("li", {}, element("i", { style: "background:" + COLORS[i] }), name)));
}

/** Round numbers that an axis from low to high is marked with. */
function ticks(low, high, count) {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(m => m * power).find(s => s >= raw * 0.999);
  const all = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) all.push(i * step + 0);
  return all;
}

/** Curves over the epochs: {title, series: [{name, values}], format, mark}. */
function chart(options) {
  // Drawn in the page's own pixels, or letters would shrink with the picture.
  const width = Math.max(280, Math.min(520, document.documentElement.clientWidth - 50)), height = 250, left = 52, right = 12, top = 10, bottom = 30;
  const epochs = report.curves.epochs;
  const series = options.series.filter(s => s.values.some(v => v !== null));
  const values = series.flatMap(s => s.values).filter(v => v !== null);
  let low = Math.min(...values), high = Math.max(...values);
  if (!(high > low)) { const pad = Math.abs(high) * 0.1 || 1; low -= pad; high += pad; }
  const room = (high - low) * 0.04;
  low = low >= 0 && low < room * 8 ? 0 : low - room;
  high = options.most !== undefined ? Math.min(options.most, high + room) : high + room;
  const first = epochs[0], last = epochs[epochs.length - 1];
  const x = e => left + (width - left - right) * (last === first ? 0.5 : (e - first) / (last - first));
  const y = v => height - bottom - (height - top - bottom) * (v - low) / (high - low);
  const picture = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": options.title + " over the epochs; the numbers are in the table below" });
  for (const t of ticks(low, high, 5)) {
    picture.append(shape("line", { class: "gridline", x1: left, x2: width - right, y1: y(t), y2: y(t) }),
      shape("text", { x: left - 8, y: y(t) + 4, "text-anchor": "end" }, options.format(t)));
  }
  const whole = ticks(first, last, Math.min(width / 60, Math.max(1, epochs.length - 1))).filter(Number.isInteger);
  for (const t of whole.length ? whole : [first]) {
    picture.append(shape("text", { x: x(t), y: height - 10, "text-anchor": "middle" }, String(t)));
  }
  picture.append(shape("line", { class: "axis", x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }));
  if (report.curves.bestEpoch) {
    const at = x(report.curves.bestEpoch);
    const early = at < width / 2;
    picture.append(shape("line", { class: "mark", x1: at, x2: at, y1: top, y2: height - bottom }),
      shape("text", { x: at + (early ? 5 : -5), y: top + 8, "text-anchor": early ? "start" : "end" }, "kept"));
  }
  series.forEach((s, i) => {
    const points = s.values.map((v, k) => v === null ? null : [x(epochs[k]), y(v)]).filter(p => p);
    picture.append(shape("path", { class: "curve", style: "stroke:" + COLORS[i], "data-curve": options.title + ": " + s.name, "data-points": points.length,
      d: points.map((p, k) => (k ? "L" : "M") + p[0].toFixed(2) + " " + p[1].toFixed(2)).join("") }));
    if (points.length < 40) {
      for (const p of points) picture.append(shape("circle", { cx: p[0].toFixed(2), cy: p[1].toFixed(2), r: points.length === 1 ? 4 : 2.4, style: "fill:" + COLORS[i] }));
    }
  });
  const cross = shape("line", { class: "cross", y1: top, y2: height - bottom });
  const tip = element("div", { class: "tip", hidden: "" });
  picture.append(cross);
  const box = element("div", { class: "chart" }, picture, tip);
  box.addEventListener("pointermove", event => {
    const at = box.getBoundingClientRect();
    const wanted = (event.clientX - at.left) / at.width * width;
    let k = 0;
    epochs.forEach((e, i) => { if (Math.abs(x(e) - wanted) < Math.abs(x(epochs[k]) - wanted)) k = i; });
    tip.replaceChildren(element("div", { class: "soft" }, "epoch " + epochs[k]));
    series.forEach((s, i) => tip.append(element("div", {}, element("i", { style: `display:inline-block;width:9px;height:9px;border-radius:2px;margin-right:6px;background:${COLORS[i]}` }),
      s.name + " " + options.exact(s.values[k]))));
    tip.hidden = false;
    const share = x(epochs[k]) / width;
    tip.style.left = share < 0.6 ? `calc(${100 * share}% + 10px)` : "";
    tip.style.right = share < 0.6 ? "" : `calc(${100 - 100 * share}% + 10px)`;
    cross.setAttribute("x1", x(epochs[k]));
    cross.setAttribute("x2", x(epochs[k]));
    cross.style.opacity = 0.6;
  });
  box.addEventListener("pointerleave", () => { tip.hidden = true; cross.style.opacity = 0; });
  return card(element("figure", {}, element("h3", {}, options.title), legend(series.map(s => s.name)), box));
}

function table(caption, head, rows, attributes) {
  return element("div", { class: "scroll", tabindex: "0" }, element("table", attributes || {},
    element("caption", { class: "small", style: "text-align:left;padding-bottom:6px" }, caption),
    element("thead", {}, element("tr", {}, ...head.map(h => element("th", { scope: "col" }, h)))),
    element("tbody", {}, ...rows)));
}

function row(cells, attributes) {
  return element("tr", attributes, ...cells.map((c, i) => i ? element("td", {}, c) : element("th", { scope: "row" }, c)));
}

function header() {
  document.getElementById("top").append(
    element("h1", {}, report.title),
    element("p", { class: "soft" }, report.subtitle),
    element("div", { class: "tiles" }, ...report.tiles.map(t => card(element("span", {}, t.label), element("b", {}, t.value), element("span", {}, t.note)))));
}

function curves() {
  const c = report.curves;
  if (!c.epochs.length) return;
  const charts = [chart({ title: "Loss", series: c.loss, format: v => number(v), exact: v => number(v, 5) })];
  if (c.rmse) charts.push(chart({ title: "RMSE", series: c.rmse, format: v => number(v), exact: v => number(v, 5) }));
  if (c.accuracy) charts.push(chart({ title: "Accuracy", series: c.accuracy, most: 1, format: v => percent(v, high(c.accuracy) ? 1 : 0), exact: v => percent(v) }));
  charts.push(chart({ title: "Learning rate", series: [{ name: "of the epoch's last step", values: c.learningRate }], format: v => number(v, 6), exact: v => number(v, 7) }));
  charts.push(chart({ title: "Rows per second", series: [{ name: "training", values: c.speed }], format: v => compact(v), exact: v => number(Math.round(v)) }));
  const columns = [["loss", c.loss, v => number(v, 5)], ["RMSE", c.rmse || [], v => number(v, 5)], ["accuracy", c.accuracy || [], v => percent(v)]]
    .flatMap(([what, series, format]) => series.map(s => ({ name: s.name + " " + what, values: s.values, format })));
  columns.push({ name: "learning rate", values: c.learningRate, format: v => number(v, 7) }, { name: "seconds", values: c.seconds, format: v => number(v, 2) });
  const rows = c.epochs.map((e, i) => row([String(e), ...columns.map(k => k.format(k.values[i]))]));
  section("Curves", element("div", { class: "two" }, ...charts),
    element("details", {}, element("summary", {}, "The numbers, epoch by epoch"),
      table(c.bestEpoch ? `The weights kept are those of epoch ${c.bestEpoch}, the dashed line.` : "Training figures are measured on the way, on weights that were changing.",
        ["epoch", ...columns.map(k => k.name)], rows, { id: "epochs" })));
}

/** Whether curves stay so close that their axis needs a decimal. */
function high(series) {
  const values = series.flatMap(s => s.values).filter(v => v !== null);
  return Math.max(...values) - Math.min(...values) < 0.05;
}

function compact(v) {
  return v >= 1e6 ? number(v / 1e6, 2) + " M" : v >= 1e3 ? number(v / 1e3, 2) + " k" : number(v, 1);
}

function confusion(m) {
  const totals = m.confusion.map(counts => counts.reduce((a, b) => a + b, 0));
  const names = m.classes.map(c => c.name);
  const dense = names.length > 12;
  const cells = m.confusion.map((counts, actual) => element("tr", {}, element("th", { scope: "row" }, names[actual]),
    ...counts.map((count, said) => {
      const share = totals[actual] ? count / totals[actual] : 0;
      // Shares of a few percent are what one looks for: they get more colour than their part.
      const alpha = count ? Math.max(0.06, Math.sqrt(share)) : 0;
      return element("td", { class: actual === said ? "hit" : null, title: `${names[actual]} taken for ${names[said]}: ${count} of ${totals[actual]} (${percent(share, 1)})`,
        style: `background:rgba(var(--heat),${alpha.toFixed(3)});` + (alpha > 0.62 ? "color:var(--heat-text)" : count ? "" : "color:var(--soft)") }, count ? String(count) : "\u00b7");
    })));
  return card(element("h3", {}, "Confusion matrix"),
    element("div", { class: "scroll", tabindex: "0" }, element("table", { class: dense ? "heat dense" : "heat", id: "confusion" },
      element("caption", { class: "small", style: "text-align:left;padding-bottom:6px" }, "Down: the class. Across: what it was taken for. Colour: share of the class, by its root."),
      element("thead", {}, element("tr", {}, element("td", {}), ...names.map(n => element("th", { scope: "col" }, n)))),
      element("tbody", {}, ...cells))));
}

/** A matrix that no cell could be read of, a few pixels a cell. */
function confusionPicture(m) {
  const n = m.confusion.length;
  const side = Math.max(2, Math.floor(640 / n));
  const canvas = element("canvas", { width: n * side, height: n * side, style: "width:100%;max-width:680px;border-radius:6px", role: "img",
    "aria-label": `Confusion matrix of ${n} classes; the largest confusions are listed beside it` });
  const paint = canvas.getContext("2d");
  const rgb = getComputedStyle(document.documentElement).getPropertyValue("--heat");
  m.confusion.forEach((counts, actual) => {
    const total = counts.reduce((a, b) => a + b, 0);
    counts.forEach((count, said) => {
      paint.fillStyle = `rgba(${rgb},${count ? Math.max(0.1, Math.sqrt(count / total)) : 0.03})`;
      paint.fillRect(said * side, actual * side, side, side);
    });
  });
  const worst = m.confusion.flatMap((counts, actual) => counts.map((count, said) => ({ actual, said, count }))).filter(c => c.count && c.actual !== c.said);
  worst.sort((a, b) => b.count - a.count);
  return card(element("h3", {}, "Confusion matrix"), element("p", { class: "small soft" }, "Down: the class. Across: what it was taken for."), element("div", { class: "two" }, element("div", {}, canvas),
    table("The largest confusions", ["class", "taken for", "rows"], worst.slice(0, 15).map(c => row([m.classes[c.actual].name, m.classes[c.said].name, String(c.count)])))));
}

function classes() {
  const m = report.metrics;
  if (!m) return;
  if (!m.classes) {
    section(`On the ${m.on}`, card(table(`${number(m.rows)} rows`, ["target", "RMSE", "MAE", "R\u00b2"],
      m.targets.map(t => row([t.name, number(t.rmse), number(t.mae), number(t.r2)])), { id: "targets" })));
    return;
  }
  const rows = m.classes.map(c => row([c.name, number(c.rows), percent(c.precision), percent(c.recall), percent(c.f1), area(c.rocAuc)]));
  for (const a of m.averages) rows.push(row([a.name, "", percent(a.precision), percent(a.recall), percent(a.f1), area(a.rocAuc)], { class: "mean" }));
  const scores = card(element("h3", {}, "By class"), table(m.summary, ["class", "rows", "precision", "recall", "F1", "ROC AUC"], rows, { id: "classes" }));
  const wide = m.classes.length > 12;
  section(`On the ${m.on}`, element("div", wide ? { style: "display:grid;gap:16px" } : { class: "two" },
    m.confusion ? (m.classes.length <= 30 ? confusion(m) : confusionPicture(m)) : null, scores));
}

/** About as much of the page for a picture of any proportions. */
function faceWidth(shape) {
  return Math.round(Math.min(300, Math.max(104, 116 * Math.sqrt(shape.width / shape.height))));
}

function face(item, shape) {
  const { width, height, channels } = shape;
  const canvas = element("canvas", { class: "pixels", width, height, role: "img", "aria-label": `row ${item.row}: ${item.actual}, said to be ${item.predicted}`,
    // High ones are as wide as leaves them in sight. What has fewer pixels than its place keeps their edges.
    style: `max-width:${Math.round(260 * width / height)}px;` + (width < faceWidth(shape) ? "image-rendering:pixelated" : "") });
  const bytes = atob(item.pixels);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = bytes.charCodeAt(channels * i + c % channels);
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  const share = p => p === null || p === undefined ? "" : " " + percent(p, 1).replace(" ", "\u00a0");
  return element("figure", {}, canvas, element("figcaption", {}, "said ", element("b", {}, item.predicted), share(item.predictedProbability),
    element("br"), "is ", element("b", {}, item.actual), share(item.actualProbability), element("br"), (item.target ? item.target + ", " : "") + "row " + item.row));
}

function mistakes() {
  const w = report.mistakes;
  if (!w || !w.items.length) return;
  const box = w.picture
    ? card(element("p", { class: "small soft" }, w.caption),
      element("div", { class: "faces", style: `--face:${faceWidth(w.picture)}px` }, ...w.items.map(i => face(i, w.picture))))
    : card(table(w.caption, ["row", ...w.head, ...w.columns], w.items.map(i => row([String(i.row), ...i.cells, ...i.values.map(v => typeof v === "string" ? v : number(v))])), { id: "mistakes" }));
  section("Worst mistakes", box);
}

function bars(h, color, behind) {
  const width = 240, height = 76;
  const low = Math.min(h.min, behind ? behind.min : h.min), high = Math.max(h.max, behind ? behind.max : h.max);
  const x = v => high > low ? width * (v - low) / (high - low) : width / 2;
  const picture = shape("svg", { viewBox: `0 0 ${width} ${height + 16}`, role: "img", "aria-label": `from ${number(h.min)} to ${number(h.max)}` });
  const draw = (of, style) => {
    if (!of || !of.count) return;
    const binWidth = (of.max - of.min) / of.bins.length;
    const tall = Math.max(...of.bins);
    let d = `M${x(of.min).toFixed(1)} ${height}`;
    of.bins.forEach((n, i) => {
      const top = (height - (height - 4) * n / tall).toFixed(1);
      d += `L${x(of.min + i * binWidth).toFixed(1)} ${top}L${(binWidth ? x(of.min + (i + 1) * binWidth) : x(of.min) + 2).toFixed(1)} ${top}`;
    });
    picture.append(shape("path", { d: d + `L${x(of.max).toFixed(1)} ${height}Z`, style }));
  };
  draw(h, `fill:${color};opacity:.75`);
  draw(behind, "fill:none;stroke:var(--soft);stroke-width:1");
  picture.append(shape("line", { class: "axis", x1: 0, x2: width, y1: height, y2: height }),
    shape("text", { x: 0, y: height + 13 }, number(low, 3)), shape("text", { x: width, y: height + 13, "text-anchor": "end" }, number(high, 3)));
  if (low < 0 && high > 0) picture.append(shape("line", { class: "mark", x1: x(0), x2: x(0), y1: 0, y2: height }));
  return picture;
}

function histograms() {
  if (!report.histograms.length) return;
  section("Weights and gradients",
    element("p", { class: "small soft" }, "Filled: at the end of training. Outline: the weights at its start. " + report.gradientsNote),
    element("div", { class: "many" }, ...report.histograms.map(h => card(element("h3", {}, h.name),
      element("p", { class: "small soft" }, `${h.weights.count.toLocaleString("en-US")} values, deviation ${number(h.weights.deviation)}` + (h.weights.notFinite ? `, ${h.weights.notFinite} not finite` : "")), bars(h.weights, "var(--a)", h.start),
      h.gradients ? element("p", { class: "small soft", style: "margin:10px 0 4px" }, `gradient, deviation ${number(h.gradients.deviation)}`) : null,
      h.gradients ? bars(h.gradients, "var(--b)") : null))));
}

function timing() {
  const t = report.timing;
  if (!t) return;
  const total = t.parts.reduce((sum, p) => sum + p.seconds, 0);
  const colors = [...COLORS, "var(--soft)", "var(--line)"];
  section("Where a step's time goes", card(
    element("p", { class: "small soft" }, t.caption),
    element("div", { class: "bar", role: "img", "aria-label": t.parts.map(p => `${p.name} ${percent(p.seconds / total, 1)}`).join(", ") },
      ...t.parts.map((p, i) => element("div", { style: `flex:${p.seconds / total} 0 0;background:${colors[i]}`, title: p.name }))),
    element("ul", { class: "legend" }, ...t.parts.map((p, i) => element("li", {}, element("i", { style: "background:" + colors[i] }), `${p.name} ${percent(p.seconds / total, 1)}`)))));
}

function facts() {
  const copy = element("button", { type: "button" }, "Copy");
  copy.addEventListener("click", () => navigator.clipboard.writeText(report.command).then(() => { copy.textContent = "Copied"; }, () => { copy.textContent = "Select it"; }));
  section("How to repeat it", element("div", { class: "command" }, element("pre", { id: "command" }, report.command), copy));
  section("Configuration", element("div", { class: "two" }, ...report.facts.map(g => card(element("h3", {}, g.group),
    element("dl", {}, ...g.items.flatMap(([key, value]) => [element("dt", {}, key), element("dd", {}, value)]))))));
}

header();
curves();
classes();
mistakes();
histograms();
timing();
facts();
