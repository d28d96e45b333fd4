// A table of printed numbers. Cells are set as textContent: nothing of a cohort is ever read as markup. The cells stay
// in place while filters change; only text that differs is touched, so nothing blinks and a redraw costs next to nothing.
// A cell with a code is a number that opens: a button, reached by Tab like any other, that sends the code to the server.
export default function ({ data, parentElement, setTriggerValue }) {
  let table = parentElement.querySelector("table");
  const shape = JSON.stringify([data.columns, data.rows.length]);
  if (!table || table.dataset.shape !== shape) {
    table?.remove();
    table = build(data);
    table.dataset.shape = shape;
    parentElement.append(table);
  }
  table.setAttribute("aria-label", data.alt);
  const rows = table.tBodies[0].rows;
  data.rows.forEach((row, i) => {
    rows[i].className = data.kinds?.[i] ?? "";
    row.forEach((text, j) => {
      const cell = rows[i].cells[j];
      const code = data.codes?.[i]?.[j] ?? "";
      if (cell.textContent !== text || Boolean(code) !== Boolean(cell.firstElementChild)) fill(cell, text, code);
      const button = cell.firstElementChild;
      if (button) button.onclick = () => setTriggerValue("open", code);
    });
  });
}

function fill(cell, text, code) {
  if (!code) return void (cell.textContent = text);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.title = "Show these patients";
  cell.replaceChildren(button);
}

function build(data) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const column of data.columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    if (column.colour) {
      const swatch = document.createElement("i");
      swatch.style.background = column.colour;
      cell.append(swatch);
    }
    cell.append(document.createTextNode(column.label));
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of data.rows) {
    const line = body.insertRow();
    row.forEach((_, j) => {
      const cell = document.createElement(j === 0 ? "th" : "td");
      if (j === 0) cell.scope = "row";
      line.append(cell);
    });
  }
  return table;
}
