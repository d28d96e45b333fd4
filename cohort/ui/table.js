// A table of printed numbers. Cells are set as textContent: nothing of a cohort is ever read as markup. The cells stay
// in place while filters change; only text that differs is touched, so nothing blinks and a redraw costs next to nothing.
export default function ({ data, parentElement }) {
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
  data.rows.forEach((row, i) =>
    row.forEach((text, j) => {
      const cell = rows[i].cells[j];
      if (cell.textContent !== text) cell.textContent = text;
    })
  );
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
