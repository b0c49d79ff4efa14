"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const view = at("view");
  const svg = view.querySelector("svg");
  const nodes = [...svg.querySelectorAll(".node[data-number]")];
  const edges = [...svg.querySelectorAll(".edge")];
  const needs = nodes.map(() => []);
  const users = nodes.map(() => []);
  const byNumber = [];
  for (const node of nodes) byNumber[node.dataset.number] = node;
  for (const node of nodes)
    for (const needed of node.dataset.needs.split(" ").filter(Boolean)) {
      needs[node.dataset.number].push(Number(needed));
      users[needed].push(Number(node.dataset.number));
    }
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  let box = { x: 0, y: 0, w: width, h: height };
  let chosen = null;

  const show = () => svg.setAttribute("viewBox", `${box.x} ${box.y} ${box.w} ${box.h}`);
  const fit = () => { box = { x: 0, y: 0, w: width, h: height }; show(); };
  // The point of the picture under a point of the window.
  const point = (x, y) => new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
  const zoom = (factor, x, y) => {
    const w = Math.min(width * 4, Math.max(200, box.w * factor));
    const real = w / box.w;
    box = { x: x - (x - box.x) * real, y: y - (y - box.y) * real, w, h: box.h * real };
    show();
  };
  const zoomMiddle = (factor) => zoom(factor, box.x + box.w / 2, box.y + box.h / 2);
  const reached = (start, next) => {
    const seen = new Set(start);
    const open = [...start];
    while (open.length) for (const one of next[open.pop()]) if (!seen.has(one)) { seen.add(one); open.push(one); }
    return seen;
  };
  const mark = (numbers) => {
    const some = numbers !== null;
    const down = some ? reached(numbers, needs) : new Set();
    const up = some ? reached(numbers, users) : new Set();
    svg.classList.toggle("picked", some);
    for (const node of nodes) {
      const number = Number(node.dataset.number);
      node.classList.toggle("on", down.has(number) || up.has(number));
      node.classList.toggle("chosen", some && numbers.includes(number));
    }
    for (const edge of edges) {
      const ends = [Number(edge.dataset.from), Number(edge.dataset.to)];
      const isNeed = ends.every((end) => down.has(end));
      const isUse = ends.every((end) => up.has(end));
      edge.classList.toggle("on", isNeed || isUse);
      edge.classList.toggle("needs", isNeed);
      edge.classList.toggle("used", isUse && !isNeed);
    }
    return [down.size - (some ? numbers.length : 0), up.size - (some ? numbers.length : 0)];
  };
  const choose = (number) => {
    chosen = number;
    if (number === null) {
      search();
      return;
    }
    const [down, up] = mark([number]);
    const told = byNumber[number].querySelector("title").textContent.split("\n").join(" · ");
    at("told").textContent = `${told}: needs ${down}, needed by ${up}`;
  };
  const search = () => {
    const words = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = nodes.filter((node) => words.every((word) => node.dataset.text.includes(word)));
    if (!words.length) {
      mark(null);
      at("told").textContent = "";
      return;
    }
    mark(null);
    svg.classList.add("picked");
    for (const hit of hits) hit.classList.add("on", "chosen");
    at("told").textContent = `${hits.length} found`;
  };
  const theme = () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  };

  let drag = null;
  view.addEventListener("pointerdown", (event) => { drag = { x: event.clientX, y: event.clientY, moved: false }; });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const scale = svg.getScreenCTM().a;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < 4) return;
    drag = { x: event.clientX, y: event.clientY, moved: true };
    view.classList.add("moving");
    box = { ...box, x: box.x - dx / scale, y: box.y - dy / scale };
    show();
  });
  addEventListener("pointerup", (event) => {
    if (drag && !drag.moved && view.contains(event.target)) {
      const node = event.target.closest(".node[data-number]");
      choose(node && Number(node.dataset.number) !== chosen ? Number(node.dataset.number) : null);
    }
    drag = null;
    view.classList.remove("moving");
  });
  addEventListener("pointercancel", () => { drag = null; });
  view.addEventListener("wheel", (event) => {
    event.preventDefault();
    const here = point(event.clientX, event.clientY);
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, here.x, here.y);
  }, { passive: false });
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("search").addEventListener("input", () => { chosen = null; search(); });
  at("nearer").addEventListener("click", () => zoomMiddle(1 / 1.4));
  at("farther").addEventListener("click", () => zoomMiddle(1.4));
  at("fit").addEventListener("click", fit);
  at("theme").addEventListener("click", theme);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const pan = (x, y) => () => { box = { ...box, x: box.x + x * box.w, y: box.y + y * box.h }; show(); };
    const node = event.target.closest(".node[data-number]");
    const keys = {
      "/": () => at("search").focus(), "+": () => zoomMiddle(1 / 1.4), "-": () => zoomMiddle(1.4), 0: fit, t: theme,
      ArrowLeft: pan(-0.1, 0), ArrowRight: pan(0.1, 0), ArrowUp: pan(0, -0.1), ArrowDown: pan(0, 0.1),
      Enter: () => node && choose(Number(node.dataset.number)), Escape: () => { at("search").value = ""; choose(null); },
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  addEventListener("beforeprint", fit);
})();
