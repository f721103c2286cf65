/** An amount of baht in Thai words, as cheques and contracts write it: what is read back to whoever typed a figure. */

const DIGITS = ["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"] as const;
const PLACES = ["", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน"] as const;
const MILLION = 6;

/** Up to six digits; `follows` is true when something stands before them, so that a last 1 reads เอ็ด. */
function below(digits: string, follows: boolean): string {
  let words = "";
  for (const [at, digit] of [...digits].entries()) {
    const place = digits.length - 1 - at;
    if (digit === "0") continue;
    if (place === 1 && digit === "1") words += "สิบ";
    else if (place === 1 && digit === "2") words += "ยี่สิบ";
    else if (place === 0 && digit === "1" && (words !== "" || follows)) words += "เอ็ด";
    else words += (DIGITS[Number(digit)] ?? "") + (PLACES[place] ?? "");
  }
  return words;
}

function whole(digits: string): string {
  const plain = digits.replace(/^0+/, "");
  if (plain.length <= MILLION) return below(plain, false);
  const upper = plain.slice(0, -MILLION);
  return `${whole(upper)}ล้าน${below(plain.slice(-MILLION), true)}`;
}

/**
 * `bahtText("1320000.00")` is "หนึ่งล้านสามแสนสองหมื่นบาทถ้วน".
 *
 * Takes a plain decimal ("-12.5"), at most two decimals, of any length; null for anything else, so that nothing
 * wrong is ever read aloud.
 */
export function bahtText(amount_baht: string): string | null {
  const match = /^(-?)(\d+)(?:\.(\d{1,2})0*)?$/.exec(amount_baht);
  if (!match) return null;
  const baht = whole(match[2] ?? "");
  const satang = below((match[3] ?? "").padEnd(2, "0").replace(/^0/, ""), false);
  const sign = match[1] && (baht || satang) ? "ลบ" : "";
  if (!satang) return `${sign}${baht || DIGITS[0]}บาทถ้วน`;
  return `${sign}${baht ? `${baht}บาท` : ""}${satang}สตางค์`;
}
