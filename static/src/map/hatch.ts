/** White with diagonal grey lines: nothing is known. */
export function hatch(): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  if (!pen) return "#FFFFFF";
  pen.fillStyle = "#FFFFFF";
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = "#9AA2B3";
  pen.lineWidth = 1.2;
  for (const offset of [-8, 0, 8]) {
    pen.moveTo(offset, 8);
    pen.lineTo(offset + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat") ?? "#FFFFFF";
}
