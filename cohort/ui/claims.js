// The ledger of claims: one row a claim, which opens to its formulas and to buttons for the patients behind each count.
// Rows open here in the browser, without asking the server. The verdicts above them are score, legend and filter in one.
// Every text is set as textContent, never as markup.
const MOUNTED = new WeakMap();
const HEADS = ["Claim", "Printed", "Recomputed", "Verdict", "Why"];
const MARKS = {
  reproduces: "M4.5 8.4l2.4 2.4 4.7-5",
  crude: "M4.2 6.8c1.3-1.3 2.5-1.3 3.8 0s2.5 1.3 3.8 0M4.2 10.1c1.3-1.3 2.5-1.3 3.8 0s2.5 1.3 3.8 0",
  differs: "M4.4 6.4h7.2M4.4 9.6h7.2M10.2 4.2L5.8 11.8",
  contradicted: "M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6",
  unchecked: "M6 6.3c0-2.6 4-2.6 4 0 0 1.5-2 1.6-2 3.1M8 11.7v.1",
  omitted: "M4.7 8h.1M8 8h.1M11.3 8h.1",
};

export default function ({ data, parentElement, setTriggerValue }) {
  const state = MOUNTED.get(parentElement) ?? { open: new Set(), shown: "" };
  MOUNTED.set(parentElement, state);
  state.ask = setTriggerValue;
  const shown = JSON.stringify(data);
  if (state.shown === shown) return;
  state.shown = shown;
  const made = [verdicts(data, state), data.rows.length ? build(data, state) : element("p", "nobody", data.nobody)];
  const focused = state.made?.[0].contains(parentElement.getRootNode().activeElement);
  state.made?.forEach((part) => part.remove());
  state.made = made;
  parentElement.append(...made);
  if (focused) made[0].querySelector("[aria-pressed='true']").focus(); // whoever filters by keyboard stays there
}

function verdicts(data, state) {
  const list = element("div", "verdicts");
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", "Verdict");
  for (const choice of data.choices) {
    const button = element("button", `choice ${choice.code}`);
    button.type = "button";
    button.disabled = choice.n === 0 && choice.code !== data.chosen;
    button.setAttribute("aria-pressed", String(choice.code === data.chosen));
    if (MARKS[choice.code]) button.append(mark(choice.code));
    button.append(element("span", "word", choice.word), element("span", "n", choice.n));
    button.addEventListener("click", () => state.ask("verdict", choice.code));
    list.append(button);
  }
  return list;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function build(data, state) {
  const table = element("table", "ledger");
  table.setAttribute("aria-label", data.alt);
  const head = table.createTHead().insertRow();
  for (const title of HEADS) {
    const cell = element("th", "", title);
    cell.scope = "col";
    head.append(cell);
  }
  data.rows.forEach((row) => {
    const body = table.createTBody();
    const line = body.insertRow();
    line.className = "claim";
    const opener = element("button", "opener");
    opener.type = "button";
    opener.append(element("span", "chevron"), element("span", "id", row.id));
    const first = element("th", "who");
    first.scope = "row";
    first.append(opener, element("span", "where", row.where));
    line.append(first, element("td", "printed", row.claim), element("td", "recomputed", row.recomputed));
    line.append(verdict(row), element("td", "why", row.why));
    const show = (open) => {
      opener.setAttribute("aria-expanded", String(open));
      opener.title = open ? "Close" : "Show formulas and patients";
      body.classList.toggle("open", open);
      if (open && body.rows.length === 1) body.append(detail(row, state));
      if (body.rows[1]) body.rows[1].hidden = !open;
      if (open) state.open.add(row.id);
      else state.open.delete(row.id);
    };
    line.addEventListener("click", () => {
      if (!String(getSelection())) show(!body.classList.contains("open")); // whoever marks text to copy it is not asking
    });
    show(state.open.has(row.id));
  });
  return table;
}

function verdict(row) {
  const cell = element("td", `verdict ${row.verdict}`);
  const inside = element("span", "both");
  inside.append(mark(row.verdict), element("span", "word", row.word));
  cell.append(inside);
  return cell;
}

function mark(code) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  const ring = document.createElementNS(drawing.namespaceURI, "circle");
  for (const [name, value] of [["cx", 8], ["cy", 8], ["r", 7]]) ring.setAttribute(name, value);
  const sign = document.createElementNS(drawing.namespaceURI, "path");
  sign.setAttribute("d", MARKS[code]);
  drawing.append(ring, sign);
  return drawing;
}

function detail(row, state) {
  const line = element("tr", "detail");
  const cell = element("td");
  cell.colSpan = HEADS.length;
  if (row.lacks.length) cell.append(element("h4", "", "What would be checked"));
  for (const expression of row.lacks) cell.append(element("code", "", expression));
  for (const group of row.groups) cell.append(comparisons(group));
  if (row.counted.length) cell.append(element("h4", "", "Patients behind the counts"));
  for (const count of row.counted) cell.append(patients(count, state));
  if (row.reply) {
    cell.append(element("h4", "", "Authors’ reply"), element("p", "reply", row.reply));
  }
  line.append(cell);
  return line;
}

function comparisons(group) {
  const part = element("div", "group");
  const grid = element("div", "grid");
  for (const title of [group.title, "Recomputed", "Holds if", ""]) grid.append(element("h4", "", title));
  for (const each of group.lines) {
    const what = element("div", "what", each.words);
    what.append(element("code", "", each.expression));
    grid.append(what, element("div", "found", each.found), element("div", "wanted", each.wanted));
    grid.append(element("div", `said ${each.said.replaceAll(" ", "-")}`, each.said));
  }
  part.append(grid);
  return part;
}

function patients(count, state) {
  const part = element("div", "count");
  const what = element("div", "what", `${count.words}: ${count.ids.length}`);
  what.append(element("code", "", count.expression));
  const list = element("div", "ids");
  for (const id of count.ids) {
    const button = element("button", "patient", id);
    button.type = "button";
    button.title = `Open patient ${id}`;
    button.setAttribute("aria-label", `Open patient ${id}`);
    button.addEventListener("click", () => state.ask("patient", id));
    list.append(button);
  }
  part.append(what, list);
  return part;
}
