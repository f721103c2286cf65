import { defineConfig } from "vite";

// One entry per page that needs more than the common code; Jinja finds the built files through the manifest.
export default defineConfig({
  base: "/static/",
  build: {
    manifest: true,
    outDir: "dist",
    target: "es2022",
    cssCodeSplit: true,
    chunkSizeWarningLimit: 600,
    rollupOptions: {
      input: {
        main: "src/main.ts",
        workbench: "src/workbench/main.ts",
        project: "src/project/main.ts",
        budget: "src/budget/main.ts",
        allocation: "src/allocation/main.ts",
        funnel: "src/funnel/main.ts",
        imports: "src/imports/main.ts",
        findings: "src/findings/main.ts",
        review: "src/review/main.ts",
        grid: "src/grid/main.ts",
        matches: "src/matches/main.ts",
        planupload: "src/planupload/main.ts",
        desk: "src/desk/main.ts",
        report: "src/report/main.ts",
        duplicates: "src/duplicates/main.ts",
        access: "src/access/main.ts",
        rasters: "src/rasters/main.ts",
        dashboard: "src/dashboard/main.ts",
        monitoring: "src/monitoring/main.ts",
        public: "src/public/main.ts",
      },
    },
  },
});
