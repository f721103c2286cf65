// Goes into maps that are taken away as one file (app/services/gis_reports/interactive.py); no page of ours loads it.
import "leaflet/dist/leaflet.css";

export { default as script } from "leaflet/dist/leaflet.js?url";
