import "../styles/imports.css";
import "../styles/import-photos.css";
import { prepareChanges } from "./change";
import { watchJobs } from "./jobs";
import { prepareUndo } from "./undo";
import { prepareUpload } from "./upload";

const upload = document.querySelector<HTMLFormElement>("#upload");
if (upload) prepareUpload(upload);
prepareChanges();
watchJobs();
const undo = document.querySelector<HTMLButtonElement>("#undo");
if (undo) prepareUndo(undo);
const work = document.querySelector<HTMLElement>(".import-work");
// The map and the table are loaded only where there is something to look at.
if (work) void import("./review").then(({ review }) => review(work));
