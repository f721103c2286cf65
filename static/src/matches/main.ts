import "../styles/imports.css";
import "../styles/matches.css";
import { watchJobs } from "../imports/jobs";
import { prepareUpload } from "../imports/upload";
import { MatchList } from "./list";

const upload = document.querySelector<HTMLFormElement>("#upload");
if (upload) prepareUpload(upload);
watchJobs();
const rows = document.querySelector<HTMLOListElement>("#match-rows");
if (rows) new MatchList(rows);
