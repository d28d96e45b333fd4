// The sidebar as one element: cohort, pages, and the filters as facets with live counts under the other filters. One
// element because each of Streamlit's own costs a redraw several milliseconds whether it changed or not.
// Text from a cohort is only ever set as textContent, never as markup. The server's word is taken when its revision
// changes (Reset, Back, a link); otherwise what was clicked here stands, so a quick second click is never lost.
const MOUNTED = new WeakMap();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let panel = MOUNTED.get(parentElement);
  if (!panel || panel.signature !== data.signature) {
    if (panel) panel.root.remove();
    panel = build(data, parentElement);
    MOUNTED.set(parentElement, panel);
  }
  panel.ask = setTriggerValue;
  panel.send = () => setStateValue("selection", { ...structuredClone(panel.local), revision: panel.revision });
  if (panel.revision !== data.revision) {
    panel.revision = data.revision;
    panel.local = structuredClone(data.selected);
  }
  update(panel, data);
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function build(data, parent) {
  const panel = { signature: data.signature, revision: null, local: null, items: [], root: element("div", "sidebar") };
  buildCohorts(panel, data);
  buildPages(panel, data);
  const facets = element("div", "facets");
  facets.setAttribute("role", "group");
  facets.setAttribute("aria-label", "Filters");
  panel.root.append(facets);
  for (const group of data.groups) {
    const box = element("details", "group");
    box.open = group.open;
    box.append(element("summary", "", group.title));
    for (const item of group.items) {
      const made = item.kind === "number" ? buildRange(panel, item) : buildLevels(panel, item);
      box.append(made.root);
      panel.items.push(made);
    }
    facets.append(box);
  }
  const source = element(data.source.url ? "a" : "p", "source", data.source.text);
  if (data.source.url) {
    source.href = data.source.url;
    source.target = "_blank";
    source.rel = "noreferrer";
  }
  panel.root.append(source);
  parent.append(panel.root);
  return panel;
}

function buildCohorts(panel, data) {
  const label = element("label", "cohorts");
  label.append(element("span", "title", "Cohort"));
  const choice = element("select");
  for (const cohort of data.cohorts) {
    const option = element("option", "", cohort.label);
    option.value = cohort.code;
    choice.append(option);
  }
  choice.value = data.cohort;
  choice.addEventListener("change", () => panel.ask("cohort", choice.value));
  label.append(choice);
  panel.root.append(label);
  panel.cohorts = choice;
}

function buildPages(panel, data) {
  const nav = element("nav", "pages");
  nav.setAttribute("aria-label", "Pages");
  panel.links = data.pages.map((page) => {
    const link = element("a", "", page.title);
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return; // a new tab is the browser's
      event.preventDefault();
      panel.ask("page", page.name);
    });
    nav.append(link);
    return { link, ...page };
  });
  panel.root.append(nav);
}

function buildHead(panel, item, root) {
  const head = element("div", "head");
  const title = element("legend", "title", item.label);
  if (item.help) title.title = item.help;
  const clear = element("button", "clear", "clear");
  clear.type = "button";
  clear.setAttribute("aria-label", `Clear filter ${item.label}`);
  clear.addEventListener("click", () => {
    delete panel.local.levels[item.name];
    delete panel.local.ranges[item.name];
    panel.local.keep = panel.local.keep.filter((name) => name !== item.name);
    panel.refresh();
    panel.send();
  });
  head.append(title, clear);
  root.append(head);
  panel.refresh ??= () => panel.items.forEach((each) => each.show());
  return clear;
}

function buildLevels(panel, item) {
  const root = element("fieldset", "facet");
  root.dataset.name = item.name;
  const clear = buildHead(panel, item, root);
  const switches = [];
  if (item.cutoffs.length) {
    const bar = element("div", "cutoffs");
    bar.setAttribute("role", "radiogroup");
    bar.setAttribute("aria-label", `Cut-off of ${item.label}`);
    for (const cutoff of item.cutoffs) {
      const label = element("label", "cutoff");
      const input = element("input");
      input.type = "radio";
      input.name = `cutoff-${item.name}`;
      input.value = cutoff.code;
      input.addEventListener("change", () => {
        panel.local.cutoffs[item.name] = cutoff.code;
        panel.send();
      });
      label.append(input, element("span", "", cutoff.label));
      bar.append(label);
      switches.push(input);
    }
    root.append(bar);
  }
  const rows = item.levels.map((level) => {
    const row = element("label", "row");
    const input = element("input");
    input.type = "checkbox";
    input.value = level.code;
    const bar = element("span", "bar");
    const fill = element("i");
    fill.style.background = level.colour;
    bar.append(fill);
    const count = element("span", "count");
    input.addEventListener("change", () => {
      const chosen = new Set(panel.local.levels[item.name] ?? []);
      if (input.checked) chosen.add(level.code);
      else chosen.delete(level.code);
      if (chosen.size) panel.local.levels[item.name] = [...chosen];
      else delete panel.local.levels[item.name];
      show();
      panel.send();
    });
    row.append(input, element("span", "name", level.label), bar, count);
    root.append(row);
    return { row, input, fill, count, code: level.code, label: level.label };
  });
  const show = () => {
    const chosen = new Set(panel.local.levels[item.name] ?? []);
    for (const row of rows) row.input.checked = chosen.has(row.code);
    clear.hidden = chosen.size === 0;
    const cutoff = panel.local.cutoffs[item.name] ?? item.cutoffs[0]?.code;
    for (const input of switches) input.checked = input.value === cutoff;
  };
  const counts = (numbers, total) => {
    rows.forEach((row, i) => {
      row.count.textContent = String(numbers[i]);
      row.fill.style.width = total ? `${(100 * numbers[i]) / total}%` : "0";
      row.row.classList.toggle("zero", numbers[i] === 0);
      row.input.setAttribute("aria-label", `${row.label}, ${numbers[i]} patients`);
    });
  };
  return { root, name: item.name, show, counts };
}

function buildRange(panel, item) {
  const root = element("fieldset", "facet");
  root.dataset.name = item.name;
  const clear = buildHead(panel, item, root);
  const plot = element("div", "histogram");
  plot.setAttribute("aria-hidden", "true");
  const bins = item.bins.map(() => {
    const bin = element("div", "bin");
    const all = element("i", "all");
    const kept = element("i", "kept");
    bin.append(all, kept);
    plot.append(bin);
    return { all, kept };
  });
  const track = element("div", "track");
  const said = element("output", "said");
  const make = (end) => {
    const input = element("input", end);
    input.type = "range";
    [input.min, input.max, input.step] = [item.bounds[0], item.bounds[1], item.step];
    input.setAttribute("aria-label", `${item.label}, ${end}`);
    return input;
  };
  const low = make("from");
  const high = make("to");
  track.append(low, high);
  const unknown = element("label", "row unknown");
  const keep = element("input");
  keep.type = "checkbox";
  const unknownCount = element("span", "count");
  unknown.append(keep, element("span", "name", "keep not reported"), element("span", "bar"), unknownCount);
  root.append(plot, track, said, unknown);

  const read = () => [Math.min(+low.value, +high.value), Math.max(+low.value, +high.value)];
  const say = () => {
    const [from, to] = read();
    said.textContent = `${from} to ${to}${item.unit ? " " + item.unit : ""}`;
  };
  let waiting = 0;
  const changed = () => {
    const [from, to] = read();
    if (from <= item.bounds[0] && to >= item.bounds[1]) delete panel.local.ranges[item.name];
    else panel.local.ranges[item.name] = [from, to];
    clear.hidden = !panel.local.ranges[item.name];
    say();
    clearTimeout(waiting);
    waiting = setTimeout(() => panel.send(), 60); // dragging sends the last position, not every pixel
  };
  low.addEventListener("input", changed);
  high.addEventListener("input", changed);
  keep.addEventListener("change", () => {
    const names = new Set(panel.local.keep);
    if (keep.checked) names.add(item.name);
    else names.delete(item.name);
    panel.local.keep = [...names];
    panel.send();
  });
  const show = () => {
    const [from, to] = panel.local.ranges[item.name] ?? item.bounds;
    low.value = from;
    high.value = to;
    keep.checked = panel.local.keep.includes(item.name);
    clear.hidden = !panel.local.ranges[item.name];
    say();
  };
  const counts = (numbers, total, histogram) => {
    const top = Math.max(1, ...item.bins);
    bins.forEach((bin, i) => {
      bin.all.style.height = `${(100 * item.bins[i]) / top}%`;
      bin.kept.style.height = `${(100 * histogram[i]) / top}%`;
    });
    unknown.hidden = !item.unknown;
    unknownCount.textContent = String(numbers[1]);
  };
  return { root, name: item.name, show, counts };
}

function update(panel, data) {
  // Somebody's own data are in this session only, and a reload ends it: the browser asks first.
  window.onbeforeunload = data.own ? (event) => event.preventDefault() : null;
  panel.cohorts.value = data.cohort;
  for (const page of panel.links) {
    page.link.setAttribute("href", page.path + data.query); // a real address: it can be copied and opened in a new tab
    if (page.name === data.page) page.link.setAttribute("aria-current", "page");
    else page.link.removeAttribute("aria-current");
  }
  for (const item of panel.items) {
    item.counts(data.counts[item.name], data.total, data.histograms[item.name]);
    item.show();
  }
}
