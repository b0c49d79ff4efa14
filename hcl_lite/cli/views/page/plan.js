"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const at = (id) => document.getElementById(id);
  const objects = all("details.object");
  const chips = all(".chip");
  const pressed = (key) => chips.filter((c) => c.dataset[key] && c.getAttribute("aria-pressed") === "true").map((c) => c.dataset[key]);

  // One pass over the objects for each key that is typed: an object is shown where every filter says so.
  const filter = () => {
    const words = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const folder = at("folder") ? at("folder").value : "";
    const actions = pressed("action");
    const risks = pressed("risk");
    let shown = 0;
    for (const one of objects) {
      const data = one.dataset;
      const inside = !folder || data.folder === folder || data.folder.startsWith(folder + "/");
      const risky = !risks.length || risks.some((risk) => data.risk.split(" ").includes(risk));
      const hit = inside && risky && (!actions.length || actions.includes(data.action)) && words.every((word) => data.text.includes(word));
      one.hidden = !hit;
      shown += hit;
    }
    at("shown").textContent = shown === objects.length ? String(shown) : `${shown} of ${objects.length}`;
    at("none").hidden = shown > 0 || !objects.length;
  };
  // Of many objects what lies in each is text until it is opened: a page of 300 dashboards is there at once.
  const fill = (one) => {
    const data = one.querySelector('script[type="text/html"]');
    if (data) data.parentNode.innerHTML = data.textContent;
  };
  const visible = () => objects.filter((one) => !one.hidden);
  const openAll = (open) => visible().forEach((one) => { if (open) fill(one); one.open = open; });
  const move = (step) => {
    const shown = visible();
    const here = shown.findIndex((one) => one.contains(document.activeElement));
    const next = shown[Math.max(0, Math.min(shown.length - 1, here < 0 ? (step > 0 ? 0 : shown.length - 1) : here + step))];
    if (next) next.querySelector("summary").focus();
  };
  const reach = () => {
    const one = location.hash && at(location.hash.slice(1));
    if (one && one.matches("details.object")) {
      one.hidden = false;
      fill(one);
      one.open = true;
      one.scrollIntoView();
      one.querySelector("summary").focus();
    }
  };
  const theme = () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  };

  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("search").addEventListener("input", filter);
  if (at("folder")) at("folder").addEventListener("change", filter);
  for (const chip of chips)
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  at("expand").addEventListener("click", () => openAll(true));
  at("collapse").addEventListener("click", () => openAll(false));
  at("theme").addEventListener("click", theme);
  document.addEventListener("toggle", (event) => { if (event.target.open && event.target.matches("details.object")) fill(event.target); }, true);
  addEventListener("hashchange", reach);
  addEventListener("beforeprint", () => openAll(true));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const keys = {
      "/": () => at("search").focus(),
      j: () => move(1),
      k: () => move(-1),
      o: () => { const one = document.activeElement.closest("details.object"); if (one) one.open = !one.open; },
      e: () => openAll(visible().some((one) => !one.open)),
      t: theme,
    };
    if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  reach();
})();
