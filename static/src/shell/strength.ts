/** How strong a new password is, while it is typed. The server decides; this only says beforehand what it will say. */

const COMMON =
  /^(?:\d*)(?:password|passw0rd|qwerty(?:uiop)?|admin(?:istrator)?|welcome|letmein|iloveyou|eplan|รหัสผ่าน|สวัสดี)(?:\d*)$/;

/** 0 too short, 1 easily guessed, 2 good, 3 very good. */
export function strength(password: string, username: string): 0 | 1 | 2 | 3 {
  if (password.length < 12) return 0;
  const plain = password.toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, "");
  const name = username.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  const different = new Set(plain).size;
  if (different < 5 || COMMON.test(plain) || plain === name) return 1;
  if (name.length >= 4 && plain.replaceAll(name, "").length < 8) return 1;
  return password.length >= 18 && different >= 9 ? 3 : 2;
}

export function installStrength(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("[data-strength]")) {
    const told = document.querySelector<HTMLElement>("[data-strength-words]");
    const words = told?.dataset["strengthWords"]?.split("|") ?? [];
    if (!told || words.length !== 4) continue;
    input.addEventListener("input", () => {
      const level = strength(input.value, input.dataset["strength"] ?? "");
      told.textContent = input.value ? (words[level] ?? "") : "";
      told.dataset["level"] = String(level);
    });
  }
}
