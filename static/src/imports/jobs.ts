/** Progress of background jobs: asked once a second while they run; the page is drawn again when they end. */

import { api } from "../api/client";
import { decimal } from "../format";
import { t } from "./texts";

interface Job {
  readonly id: number;
  readonly status: "WAITING" | "RUNNING" | "DONE" | "FAILED" | "CANCELLED";
  readonly progress_done: number;
  readonly progress_total: number | null;
  readonly progress_step: string | null;
  readonly percent: number | null;
  readonly remaining_seconds: number | null;
  readonly cancel_requested: boolean;
}

const EVERY_MS = 1000;
const SLOWLY_MS = 5000;

function put(element: Element, selector: string, text: string): void {
  const target = element.querySelector(selector);
  if (target && target.textContent !== text) target.textContent = text;
}

function show(element: HTMLElement, job: Job): void {
  const bar = element.querySelector<HTMLProgressElement>("[data-bar]");
  if (bar) {
    if (job.percent === null) bar.removeAttribute("value");
    else bar.value = job.percent;
  }
  put(element, "[data-percent]", job.percent === null ? "" : `${job.percent} %`);
  if (job.cancel_requested) put(element, "[data-step]", t("cancelling"));
  else if (job.progress_step) put(element, "[data-step]", job.progress_step);
  const done = decimal(job.progress_done);
  put(
    element,
    "[data-count]",
    job.progress_total
      ? t("count", { done, total: decimal(job.progress_total) })
      : job.progress_done
        ? t("count_only", { done })
        : "",
  );
  put(
    element,
    "[data-remaining]",
    job.remaining_seconds === null ? "" : t("remaining", { seconds: decimal(job.remaining_seconds) }),
  );
}

/** Follow one job until it ends. */
async function follow(element: HTMLElement, ended: () => void): Promise<void> {
  const id = Number(element.dataset.job);
  let wait = EVERY_MS;
  for (;;) {
    try {
      const job = await api.get<Job>(`/api/v1/jobs/${id}`);
      wait = EVERY_MS;
      show(element, job);
      if (job.status !== "WAITING" && job.status !== "RUNNING") {
        ended();
        return;
      }
    } catch {
      wait = SLOWLY_MS; // the server is away: the job is not
    }
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? SLOWLY_MS : wait));
  }
}

export function watchJobs(): void {
  const jobs = [...document.querySelectorAll<HTMLElement>("[data-job]")];
  for (const element of jobs) {
    void follow(element, () => location.reload());
    element.querySelector("[data-cancel-job]")?.addEventListener("click", async (event) => {
      const button = event.currentTarget as HTMLButtonElement;
      button.disabled = true;
      put(element, "[data-step]", t("cancelling"));
      await api.post(`/api/v1/jobs/${element.dataset.job}/cancel`).catch(() => {
        button.disabled = false;
      });
    });
  }
}
