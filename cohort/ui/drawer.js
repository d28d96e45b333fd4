// Keeps a box in sight while the page it belongs to is longer than the window: it rests where it stands and sticks to
// the edge of the window it would leave by. Whoever clicks a number far down a tall figure sees the answer there.
export default function ({ data }) {
  const stick = () => {
    const box = document.querySelector(`.st-key-${data.box}`);
    if (!box) return;
    const row = box.closest("[data-testid='stLayoutWrapper']") ?? box;
    Object.assign(row.style, { position: "sticky", top: "4rem", bottom: "0.75rem", zIndex: "20" });
    const paper = getComputedStyle(document.querySelector("[data-testid='stApp']")).backgroundColor;
    Object.assign(box.style, { background: paper, maxHeight: "38vh", overflow: "auto", boxShadow: "0 2px 14px #0003" });
  };
  stick();
  const frame = requestAnimationFrame(stick); // the box may arrive a moment later
  const later = setTimeout(stick, 250);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(later);
  };
}
