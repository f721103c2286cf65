/** Typed coordinates in any Thai notation: what was read is shown before it is used; a pasted table adds all rows. */

import { ApiProblem, api, type ProblemItem } from "../api/client";
import type { CoordinateReadings, Reading } from "../api/types";
import type { Position } from "../draw/drawing";
import { distance, dms, metres } from "../format";
import { icon } from "../shell/icons";
import { t } from "../workbench/editortexts";
import { debounce, h, replaceChildren } from "./dom";
import type { LiveRegion } from "./live";
import { offers, rivals, type Sign, signsOf, taken } from "./typedsigns";

/** Between keys of somebody who types: the answer is to be there before the next look. */
const WAIT_MS = 80;
/** The map moves only when somebody has paused: half a number lies anywhere. */
const LOOK_MS = 500;

export interface TypedOptions {
  readonly project: string;
  readonly live: LiveRegion;
  /** One vertex, or all of a pasted table. */
  readonly add: (positions: readonly Position[], text: string) => void;
  readonly candidates: (signs: readonly Sign[]) => void;
  /** Have all of them in view. */
  readonly look: (positions: readonly Position[]) => void;
  /** Go to a place for a moment. */
  readonly peek: (position: Position) => void;
  /** Go back to what was looked at before. */
  readonly back: () => void;
  readonly go: (position: Position) => void;
  /** Metres between a position and what is looked at. */
  readonly away: (position: Position) => number;
}

export function readCoordinates(text: string, project: string): Promise<CoordinateReadings> {
  return api.post<CoordinateReadings>("/api/v1/coordinates/parse", { text, project });
}

/** More than one line with numbers: a table, not one position. */
export function isTable(text: string): boolean {
  return text.split(/\r?\n/).filter((line) => /[0-9๐-๙]/.test(line)).length > 1;
}

export class TypedSection {
  readonly element = h("section", { class: "wb-section wb-typed" });
  private readonly input = h("input", {
    class: "input",
    id: "typed-coordinates",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: t("typed_example"),
    "aria-describedby": "typed-answer",
  });
  private readonly badge = h("span", { class: "pill pill-ok wb-badge", hidden: true });
  private readonly answer = h("div", { id: "typed-answer", class: "wb-answer" });
  private readings: readonly Reading[] = [];
  /** What was typed is a whole line: chainage along a registered road, or the vertices of a WKT. */
  private line: readonly Position[] = [];
  private readText = "";
  private turn = 0;
  private asked: { text: string; answer: Promise<boolean> } | null = null;
  /** Signs on the map. */
  private shown: readonly Sign[] = [];
  private readonly look = debounce(() => {
    if (this.shown.length > 0) this.options.look(this.shown.map(({ position }) => position));
  }, LOOK_MS);

  constructor(private readonly options: TypedOptions) {
    replaceChildren(
      this.element,
      h(
        "div",
        { class: "wb-section-head" },
        h("h3", {}, h("label", { for: "typed-coordinates" }, t("typed"))),
        h("span", { class: "hint" }, t("typed_hint")),
      ),
      h("div", { class: "wb-typed-box" }, this.input, this.badge),
      this.answer,
    );
    const look = debounce(() => void this.read(), WAIT_MS);
    this.input.addEventListener("input", () => {
      this.badge.hidden = true;
      look();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey) {
        event.preventDefault();
        void this.enter();
      } else if (event.key === "Escape") this.clear();
    });
    this.input.addEventListener("paste", (event) => {
      const text = event.clipboardData?.getData("text") ?? "";
      if (!isTable(text)) return;
      event.preventDefault();
      void this.paste(text);
    });
  }

  focus(): void {
    this.input.focus();
  }

  private clear(): void {
    this.forget();
    this.options.back();
  }

  private forget(): void {
    this.turn += 1;
    this.asked = null;
    this.input.value = "";
    this.readText = "";
    this.show([]);
    this.answer.replaceChildren();
  }

  private sign(signs: readonly Sign[]): void {
    this.shown = signs;
    this.options.candidates(signs);
    this.look();
  }

  /** One question for one text: the pause in typing must not overtake the Enter key that already asked. */
  private read(): Promise<boolean> {
    const text = this.input.value.trim();
    if (this.asked?.text === text) return this.asked.answer;
    const asked = { text, answer: this.ask(text) };
    this.asked = asked;
    const answered = () => {
      if (this.asked === asked) this.asked = null;
    };
    asked.answer.then(answered, answered);
    return asked.answer;
  }

  private async ask(text: string): Promise<boolean> {
    const turn = ++this.turn;
    if (text === "") {
      this.clear();
      return false;
    }
    try {
      const answer = await readCoordinates(text, this.options.project);
      if (turn !== this.turn) return false;
      const { readings, problems } = answer;
      this.readText = text;
      if (this.showLine(answer)) return true;
      const problem = problems.find(({ level }) => level === "error");
      this.show(readings);
      if (readings.length === 0 || problem)
        this.refuse(problem?.message ?? t("vertex_unread"), problem?.fix ?? null, offers(readings));
      else this.caution(problems.filter(({ code }) => code !== "coordinates_ambiguous"));
      this.reveal();
      return readings.length > 0;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (turn === this.turn) this.refuse(error.detail, null);
      return false;
    }
  }

  /** True when the text is a line of several positions, all of which can be read. */
  private showLine({ line, rows }: CoordinateReadings): boolean {
    const read = rows.map(({ readings }) => readings.find(({ offered }) => !offered));
    if (line) this.line = line.geometry.coordinates.map(([lon, lat]) => [lon, lat] as const);
    else if (read.length > 1 && read.every((one) => one !== undefined))
      this.line = read.map(({ lon, lat }) => [lon, lat] as const);
    else return false;
    this.show([], this.line);
    this.badge.hidden = false;
    this.badge.className = "pill pill-ok wb-badge";
    const words = line
      ? t("typed_along", { label: line.label, metres: metres(line.length_m) })
      : t("typed_line", { count: this.line.length });
    replaceChildren(
      this.badge,
      icon("check", 14),
      line?.label ?? t("typed_positions", { count: this.line.length }),
    );
    replaceChildren(this.answer, h("p", { class: "hint" }, words));
    this.sign(this.line.map((position, i) => ({ number: i + 1, position })));
    this.reveal();
    this.options.live.say(words);
    return true;
  }

  private show(readings: readonly Reading[], line: readonly Position[] = []): void {
    this.readings = readings;
    this.line = line;
    this.input.removeAttribute("aria-invalid");
    this.sign(signsOf(readings));
    const [first] = readings;
    const sure = taken(readings);
    this.badge.hidden = !sure;
    if (sure) {
      replaceChildren(this.badge, icon("check", 14), sure.label);
      replaceChildren(this.answer, h("p", { class: "hint" }, reads(sure)), this.others(readings));
      this.options.live.say(reads(sure));
    } else if (first && readings.length === 1 && !first.offered) this.warn(first);
    else if (first) {
      const words = rivals(readings).length > 1 ? t("typed_choices") : t("typed_meant");
      replaceChildren(this.answer, h("p", { class: "hint" }, words), this.choices(readings));
      this.options.live.say(words);
    }
  }

  /** What else the numbers may be, for who asks. */
  private others(readings: readonly Reading[]): HTMLElement | null {
    if (readings.length < 2) return null;
    return h(
      "details",
      { class: "wb-details" },
      h("summary", {}, t("typed_others")),
      this.choices(readings, 1),
    );
  }

  private caution(problems: readonly ProblemItem[]): void {
    this.badge.className = problems.length > 0 ? "pill pill-warn wb-badge" : "pill pill-ok wb-badge";
    for (const { message, fix } of problems) {
      this.answer.prepend(h("p", { class: "note note-warn" }, fix ? `${message} · ${fix}` : message));
      this.options.live.say(message);
    }
  }

  /** Problems above and the foot below must not hide the answer of who types. */
  private reveal(): void {
    if (this.answer.childElementCount === 0 || document.activeElement !== this.input) return;
    this.answer.scrollIntoView({ block: "nearest" });
    // The text comes first where both do not fit.
    this.input.scrollIntoView({ block: "nearest" });
  }

  /** One reading, but elsewhere: said at once, and added only when the person says so again. */
  private warn(reading: Reading): void {
    const words = t("typed_outside", { away: distance(this.options.away([reading.lon, reading.lat])) });
    replaceChildren(
      this.answer,
      h("p", { class: "note note-warn" }, words),
      h("p", { class: "hint" }, reads(reading)),
      h(
        "button",
        { type: "button", class: "btn btn-sm", onclick: () => this.use(reading) },
        t("typed_anyway"),
      ),
    );
    this.options.live.alarm(words);
  }

  private choices(readings: readonly Reading[], from = 0): HTMLElement {
    const looked = (i?: number): void => this.options.candidates(signsOf(this.readings, i));
    return h(
      "ol",
      { class: "wb-readings" },
      readings.map(
        (reading, i) =>
          i >= from &&
          h(
            "li",
            { onmouseenter: () => looked(i), onmouseleave: () => looked() },
            h(
              "button",
              {
                type: "button",
                class: "btn btn-sm",
                "aria-label": `${t("typed_use", { number: i + 1 })}: ${reading.label}`,
                onclick: () => this.use(reading),
                onfocus: () => {
                  looked(i);
                  this.options.peek([reading.lon, reading.lat]);
                },
              },
              String(i + 1),
            ),
            h(
              "span",
              {},
              h("b", {}, reading.label),
              h(
                "small",
                { class: "hint" },
                [reads(reading), reading.reason, reading.in_territory === false && t("typed_outside_short")]
                  .filter(Boolean)
                  .join(" · "),
              ),
            ),
          ),
      ),
    );
  }

  private refuse(message: string, fix: string | null, offered: readonly Reading[] = []): void {
    this.input.setAttribute("aria-invalid", "true");
    // Nothing was read: a system beside that would say the opposite.
    this.badge.hidden = true;
    const words = offered.length > 0 || !fix ? message : `${message} · ${fix}`;
    replaceChildren(
      this.answer,
      h("p", { class: "field-error" }, icon("error", 16), words),
      offered.length > 0 && h("p", { class: "hint" }, t("typed_meant")),
      offered.length > 0 && this.choices(offered),
    );
    this.options.live.alarm(message);
  }

  private async enter(): Promise<void> {
    if (this.readText !== this.input.value.trim()) {
      replaceChildren(this.answer, h("p", { class: "hint" }, t("typed_reading")));
      if (!(await this.read())) return;
    }
    if (this.line.length > 0) {
      this.useLine(this.line);
      return;
    }
    const sure = this.input.hasAttribute("aria-invalid") ? undefined : taken(this.readings);
    if (sure) this.use(sure);
    else this.answer.querySelector<HTMLElement>("button")?.focus();
  }

  private useLine(positions: readonly Position[]): void {
    this.options.add(positions, this.input.value.trim());
    this.forget();
    this.options.go(positions[0] as Position);
    this.input.focus();
  }

  private use(reading: Reading): void {
    const position: Position = [reading.lon, reading.lat];
    this.options.add([position], this.input.value.trim());
    this.forget();
    this.options.go(position);
    this.input.focus();
  }

  /** A table is added only when every row of it can be read, all in the system of the first. */
  private async paste(text: string): Promise<void> {
    replaceChildren(this.answer, h("p", { class: "hint" }, t("typed_reading")));
    try {
      const { rows } = await readCoordinates(text, this.options.project);
      // Only what the numbers say: what they may have been meant to say is for a person to choose.
      const said = rows.map(({ readings }) => readings.filter(({ offered }) => !offered));
      const epsg = said[0]?.[0]?.epsg;
      const read = said.map((readings) => readings.find((one) => one.epsg === epsg) ?? readings[0]);
      const bad = rows.filter((_, i) => !read[i]).map(({ row }) => row);
      if (read.length === 0 || bad.length > 0) {
        this.refuse(t("typed_table_bad", { rows: bad.join(", ") || "1" }), null);
        return;
      }
      const positions = read.map((reading) => [(reading as Reading).lon, (reading as Reading).lat] as const);
      const outside = read.filter((reading) => reading?.in_territory === false).length;
      this.options.add(positions, text);
      this.forget();
      const added = t("typed_table", { count: positions.length });
      const elsewhere = outside > 0 ? t("typed_table_outside", { count: outside }) : "";
      replaceChildren(
        this.answer,
        h("p", { class: "hint" }, added),
        elsewhere && h("p", { class: "note note-warn" }, elsewhere),
      );
      if (elsewhere) this.options.live.alarm(elsewhere);
      this.options.go(positions[0] as Position);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      this.refuse(error.detail, null);
    }
  }
}

function reads({ lat, lon }: Reading): string {
  return t("typed_reads", { lat: dms(lat, "lat"), lon: dms(lon, "lon") });
}
