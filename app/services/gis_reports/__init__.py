"""GIS reports (รายงาน GIS): the same projects as a printed book, a workbook, a map in one file, or a GeoPackage."""
