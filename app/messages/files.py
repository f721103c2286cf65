"""Messages about files that were uploaded: archives, formats, encodings, coordinate systems (``gis.readers``)."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # gis.archive
    "archive_damaged": Message(
        "ไฟล์ zip เสีย เปิดไม่ได้ ({reason})",
        "The zip file is damaged ({reason})",
        "บีบอัดใหม่แล้วส่งอีกครั้ง",
        "Make the zip again and send it once more",
    ),
    "archive_empty": Message("ไฟล์ zip ว่างเปล่า", "The zip file is empty", "ใส่ไฟล์แล้วส่งใหม่", "Put the files in"),
    "archive_encrypted": Message(
        "ไฟล์ zip ตั้งรหัสผ่านไว้ ({name})",
        "The zip file has a password ({name})",
        "บีบอัดใหม่โดยไม่ตั้งรหัสผ่าน",
        "Make it again without a password",
    ),
    "archive_unsafe_name": Message(
        "ชื่อไฟล์ใน zip ไม่ปลอดภัยหรือซ้ำกัน: {name}",
        "A name inside the zip is unsafe or used twice: {name}",
        "บีบอัดเฉพาะไฟล์ข้อมูลจากโฟลเดอร์เดียว",
        "Zip only the data files of one folder",
    ),
    "archive_link": Message(
        "ใน zip มีลิงก์แทนไฟล์จริง: {name}",
        "The zip holds a link instead of a file: {name}",
        "ใส่ไฟล์จริงแทน",
        "Put the file itself in",
    ),
    "archive_nested": Message(
        "ใน zip มีไฟล์บีบอัดซ้อนอยู่: {name}",
        "The zip holds another archive: {name}",
        "แตกไฟล์ก่อน แล้วส่งทีละชุด",
        "Unpack it first, and send one set at a time",
    ),
    "archive_too_many_files": Message(
        "ใน zip มี {count} ไฟล์ เกินกว่า {limit}",
        "The zip holds {count} files; at most {limit}",
        "แบ่งเป็นหลายไฟล์",
        "Divide it",
    ),
    "archive_too_large": Message(
        "แตกไฟล์แล้วใหญ่ {size_mb} MB เกินกว่า {limit_mb} MB",
        "Unpacked it has {size_mb} MB; at most {limit_mb} MB",
        "แบ่งเป็นหลายไฟล์",
        "Divide it",
    ),
    "archive_bomb": Message(
        "ไฟล์นี้ขยายตัวผิดปกติ ({ratio} เท่า) จึงไม่รับ",
        "This file grows {ratio} times when unpacked and was refused",
        "บีบอัดใหม่จากไฟล์ข้อมูลจริง",
        "Zip the real data files again",
    ),
    "archive_kind_not_supported": Message(
        "ไม่รับไฟล์บีบอัดชนิดนี้ (RAR, 7z, gz)",
        "Archives of this kind (RAR, 7z, gz) are not accepted",
        "บีบอัดเป็น zip",
        "Make a zip",
    ),
    "archive_nothing_known": Message(
        "ไม่พบข้อมูลที่อ่านได้ใน zip ({names})",
        "The zip holds nothing that can be read ({names})",
        "ใส่ shapefile, GeoPackage, GeoJSON, KML, GPX, DXF, CSV, XLSX หรือภาพ JPEG",
        "Put in a shapefile, GeoPackage, GeoJSON, KML, GPX, DXF, CSV, XLSX or JPEG photographs",
    ),
    "archive_several_files": Message(
        "ใน zip มีไฟล์ข้อมูลหลายไฟล์: {names}",
        "The zip holds several data files: {names}",
        "ส่งทีละไฟล์",
        "Send them one at a time",
    ),
    # Formats
    "file_empty": Message("ไฟล์ว่างเปล่า", "The file is empty", "ตรวจว่าส่งออกสำเร็จ", "Check that it was saved"),
    "file_damaged": Message(
        "ไฟล์เสียหรือไม่ครบ ({reason})",
        "The file is damaged or incomplete ({reason})",
        "เปิดด้วยโปรแกรมเดิมแล้วบันทึกใหม่",
        "Open it in the program it came from and save it again",
    ),
    "file_reader_stopped": Message(
        "โปรแกรมอ่านไฟล์หยุดกลางคันเพราะเนื้อหาของไฟล์นี้ ({ended_with}) ไม่มีอะไรถูกนำเข้า",
        "The reading program was stopped by what is in this file ({ended_with}); nothing was taken from it",
        "เปิดด้วยโปรแกรมเดิม บันทึกใหม่เป็น GeoPackage หรือ GeoJSON แล้วส่งอีกครั้ง",
        "Open it in the program it came from, save it as GeoPackage or GeoJSON and send it again",
    ),
    "file_reader_out_of_time": Message(
        "อ่านไฟล์นานเกิน {limit_s} วินาที จึงหยุดอ่าน",
        "Reading the file took longer than {limit_s} seconds and was stopped",
        "แบ่งเป็นหลายไฟล์ หรือบันทึกเป็น GeoPackage",
        "Divide it, or save it as GeoPackage",
    ),
    "file_reader_out_of_memory": Message(
        "อ่านไฟล์นี้ต้องใช้หน่วยความจำเกิน {limit_mb} MB จึงหยุดอ่าน",
        "Reading the file needs more than {limit_mb} MB of memory and was stopped",
        "แบ่งเป็นหลายไฟล์ หรือบันทึกเป็น GeoPackage",
        "Divide it, or save it as GeoPackage",
    ),
    "file_too_many_columns": Message(
        "ไฟล์มี {count} คอลัมน์ เกินกว่า {limit}",
        "The file has {count} columns; at most {limit}",
        "ลบคอลัมน์ที่ไม่ใช้",
        "Take out the columns that are not needed",
    ),
    "file_too_many_rows": Message(
        "ไฟล์มีมากกว่า {limit} แถว", "The file has more than {limit} rows", "แบ่งเป็นหลายไฟล์", "Divide it"
    ),
    "file_too_many_points": Message(
        "เส้นทางในไฟล์มีมากกว่า {limit} จุด",
        "A track in the file has more than {limit} points",
        "ลดจำนวนจุด หรือแบ่งเป็นหลายช่วง",
        "Thin it out or divide it into sections",
    ),
    "shape_too_many_vertices": Message(
        "รูปร่างในแถว {row} มีประมาณ {count} จุด เกินกว่า {limit}",
        "The shape in row {row} has about {count} vertices; at most {limit}",
        "ลดจำนวนจุด (simplify) หรือแบ่งเป็นหลายช่วง",
        "Simplify it or divide it into sections",
    ),
    "row_too_large": Message(
        "แถว {row} ใหญ่ {size_mb} MB เกินกว่า {limit_mb} MB",
        "Row {row} has {size_mb} MB; at most {limit_mb} MB",
        "ตรวจว่าข้อความในแถวนั้นไม่มีไฟล์อื่นฝังอยู่",
        "Check that no other file is embedded in its texts",
    ),
    "file_without_features": Message(
        "ไฟล์นี้ไม่มีแถวข้อมูล", "The file has no rows", "เลือกไฟล์หรือชั้นข้อมูลอื่น", "Choose another file or layer"
    ),
    "format_unknown": Message(
        "ไม่รู้จักรูปแบบไฟล์นี้",
        "The format of this file is not known",
        "ใช้ shapefile (zip), GeoPackage, GeoJSON, KML/KMZ, GPX, DXF, CSV, XLSX หรือภาพ JPEG",
        "Use a shapefile (zip), GeoPackage, GeoJSON, KML/KMZ, GPX, DXF, CSV, XLSX or JPEG photographs",
    ),
    "photo_kind_not_supported": Message(
        "ไม่รับภาพชนิดนี้ (HEIC, AVIF)",
        "Pictures of this kind (HEIC, AVIF) are not accepted",
        "ส่งออกเป็น JPEG โดยเก็บตำแหน่งไว้ (iPhone: ตั้งค่า > กล้อง > รูปแบบ > เข้ากันได้มากที่สุด)",
        "Save it as JPEG with its location (iPhone: Settings > Camera > Formats > Most Compatible)",
    ),
    "photos_without_position": Message(
        "ภาพ {count} จาก {total} ภาพไม่มีพิกัด: {names}",
        "{count} of {total} pictures have no position: {names}",
        "ส่งไฟล์ต้นฉบับจากกล้อง ภาพที่ผ่าน LINE หรือ Facebook จะไม่มีพิกัด หรือชี้ตำแหน่งบนแผนที่",
        "Send the camera's own file (LINE and Facebook take the position out), or point at the place on the map",
    ),
    "drawing_kind_not_supported": Message(
        "อ่านได้เฉพาะแบบ DXF ชนิดข้อความ ไม่รับ DWG และ DXF ชนิดไบนารี",
        "Only text DXF can be read, neither DWG nor binary DXF",
        "บันทึกเป็น ASCII DXF",
        "Save it as ASCII DXF",
    ),
    "dxf_lines_only": Message(
        "จากแบบ DXF อ่านเฉพาะเส้น (LINE, POLYLINE) ข้อความ จุด และบล็อกไม่ถูกอ่าน",
        "Of the drawing only lines (LINE, POLYLINE) were read; texts, points and blocks were left out",
        "แยกเส้นที่เป็นโครงการไว้ในเลเยอร์ของตน แล้วลบแถวที่ไม่ใช่",
        "Keep the lines of projects on a layer of their own, and take out the rows that are none",
    ),
    "text_lossy": Message(
        "ข้อความ {count} จาก {total} ช่องที่ดูมีตัวอักษรเสียไปแล้ว เช่น “{example}”",
        "{count} of {total} texts that were looked at have lost their letters, such as “{example}”",
        "ตัวอักษรนี้เสียตั้งแต่ก่อนส่ง กู้คืนไม่ได้ ให้ส่งออกจากต้นฉบับใหม่เป็น UTF-8",
        "They were lost before the file came and cannot be brought back: save it again from the original, as UTF-8",
    ),
    "coordinates_by_content": Message(
        "ไม่มีคอลัมน์ที่ชื่อบอกว่าเป็นพิกัด จึงใช้ {columns} เพราะตัวเลขเป็นพิกัดในประเทศไทย",
        "No column is named as coordinates; {columns} were used because their numbers are places in Thailand",
        "ดูบนแผนที่ว่าตรงไหม หรือตั้งชื่อคอลัมน์ เช่น lat และ lon",
        "See on the map whether they fit, or name the columns for example lat and lon",
    ),
    "xls_not_supported": Message(
        "ไฟล์ Excel รุ่นเก่า (.xls) อ่านไม่ได้",
        "Old Excel files (.xls) cannot be read",
        "บันทึกเป็น .xlsx",
        "Save it as .xlsx",
    ),
    "xml_unsafe": Message(
        "ไฟล์ XML มีส่วนที่ไม่ปลอดภัย (DOCTYPE หรือ ENTITY)",
        "The XML file has an unsafe part (DOCTYPE or ENTITY)",
        "ส่งออกใหม่จาก Google Earth หรือ QGIS",
        "Save it again from Google Earth or QGIS",
    ),
    "kml_link_ignored": Message(
        "ข้อมูลที่ไฟล์ลิงก์ไปที่อื่นไม่ถูกอ่าน",
        "Data that the file links to elsewhere was not read",
        "บันทึกข้อมูลนั้นเป็นไฟล์แล้วนำเข้าแยก",
        "Save that data as a file and import it, too",
    ),
    "layer_to_choose": Message(
        "ไฟล์มีหลายชั้นข้อมูล ({layers}) กำลังใช้ {layer}",
        "The file has several layers ({layers}); {layer} is used",
        "เลือกชั้นข้อมูลอื่นได้",
        "Another one can be chosen",
    ),
    "layers_joined": Message(
        "อ่าน {layers} ต่อกันเป็นตารางเดียว เพราะเป็นส่วนของไฟล์เดียวกัน",
        "{layers} were read one after the other as the parts of one table",
        "เลือกอ่านเพียงส่วนเดียวได้",
        "One part alone can be chosen",
    ),
    "file_layer_not_found": Message(
        "ไม่มีชั้นข้อมูลชื่อ {layer}", "There is no layer called {layer}", "ที่มี: {layers}", "There are: {layers}"
    ),
    # Shapefiles
    "shapefile_needs_zip": Message(
        "ไฟล์ .shp ไฟล์เดียวใช้ไม่ได้",
        "A .shp file alone is not enough",
        "บีบอัด .shp .shx .dbf .prj .cpg รวมเป็น zip เดียว",
        "Zip .shp, .shx, .dbf, .prj and .cpg together",
    ),
    "shapefile_without_shp": Message(
        "ใน zip ไม่มีไฟล์ .shp ({names})",
        "There is no .shp in the zip ({names})",
        "ใส่ไฟล์ .shp .shx .dbf ให้ครบ",
        "Put .shp, .shx and .dbf in",
    ),
    "shapefile_without_dbf": Message(
        "ไม่มีไฟล์ .dbf จึงมีแต่รูปร่าง ไม่มีข้อมูล",
        "There is no .dbf: shapes only, no attributes",
        "ใส่ไฟล์ .dbf แล้วส่งใหม่",
        "Put the .dbf in and send it again",
    ),
    "shapefile_without_prj": Message(
        "ไม่มีไฟล์ .prj จึงดูระบบพิกัดจากตัวเลข",
        "There is no .prj; the coordinate system is judged by the numbers",
        "ตรวจตำแหน่งบนแผนที่ก่อนรับ",
        "Check the place on the map before accepting",
    ),
    "encoding_contradicts_cpg": Message(
        "ไฟล์บอกว่าข้อความเป็น {stated} แต่เนื้อหาจริงเป็น {encoding}",
        "The file says its texts are {stated}, but they are {encoding}",
        "ดูตัวอย่างคำ หากอ่านไม่ออกให้เลือกรหัสอักขระอื่น",
        "Look at the sample words; choose another encoding if they are wrong",
    ),
    "encoding_unknown": Message(
        "ไม่รู้จักรหัสอักขระ {encoding}", "Unknown encoding {encoding}", "ใช้ utf-8 หรือ cp874", "Use utf-8 or cp874"
    ),
    # Coordinate systems
    "crs_supposed": Message(
        "ไฟล์ไม่บอกระบบพิกัด ตัวเลขเป็นองศา จึงอ่านเป็น WGS 84",
        "The file names no coordinate system; its numbers are degrees and were read as WGS 84",
    ),
    "crs_of_most_rows": Message(
        "พิกัด {count} จาก {total} แถวแรกไม่เข้ากับแถวอื่น จึงดูระบบพิกัดจากแถวส่วนใหญ่",
        "The numbers of {count} of the first {total} rows do not fit the others; the system is that of most rows",
        "ดูปัญหาของแถวเหล่านั้น ระบบอาจเสนอวิธีแก้",
        "See what is said of those rows; a mend may be offered",
    ),
    "crs_of_some_rows": Message(
        "พิกัดเข้ากับเขตของ อปท. เพียง {count} จาก {total} แถวแรก จึงดูระบบพิกัดจากแถวเหล่านั้น",
        "The numbers of only {count} of the first {total} rows lie in the territory; the system is taken from them",
        "ดูปัญหาของแถวที่เหลือ ระบบอาจเสนอวิธีแก้",
        "See what is said of the other rows; a mend may be offered",
    ),
    "crs_missing": Message(
        "ไฟล์ไม่บอกระบบพิกัด ตัวเลขเข้าได้กับ {candidates}",
        "The file names no coordinate system; its numbers fit {candidates}",
        "เลือกระบบพิกัดแล้วดูบนแผนที่ว่าตรงไหม",
        "Choose one and see on the map whether it fits",
    ),
    "crs_unknown_numbers": Message(
        "ตัวเลขพิกัดไม่เข้ากับระบบใดที่ใช้ในไทย (ขอบเขต {bounds})",
        "The numbers fit no coordinate system used in Thailand (bounds {bounds})",
        "ตรวจว่าคอลัมน์พิกัดถูกต้อง และไม่สลับแกน",
        "Check that the coordinate columns are right and not swapped",
    ),
    "crs_contradicts_numbers": Message(
        "ระบบพิกัด EPSG:{epsg} ไม่เข้ากับตัวเลขในไฟล์",
        "EPSG:{epsg} does not fit the numbers in the file",
        "ตรวจโซน (47/48) และพื้นหลักฐาน แล้วเลือกระบบพิกัดเอง",
        "Check zone (47/48) and datum, then choose the coordinate system",
    ),
    "crs_unsupported": Message(
        "ยังไม่รองรับระบบพิกัด {name}",
        "The coordinate system {name} is not supported",
        "แปลงเป็น WGS 84 หรือ UTM โซน 47/48 ก่อน",
        "Convert it to WGS 84 or UTM zone 47/48 first",
    ),
    "crs_unreadable": Message(
        "อ่านไฟล์ .prj ไม่ได้", "The .prj cannot be read", "เลือกระบบพิกัดเอง", "Choose the coordinate system"
    ),
    "crs_per_row": Message(
        "แต่ละแถวระบุระบบพิกัดของตน แปลงเป็น WGS 84 แล้ว",
        "Each row names its own coordinate system; all were converted to WGS 84",
    ),
    "geojson_crs_found": Message("ไฟล์ระบุระบบพิกัด {crs} ไว้เอง", "The file itself names the coordinate system {crs}"),
    # Tables
    "table_without_heading": Message(
        "ไม่พบแถวชื่อคอลัมน์", "There is no row of column names", "ใส่ชื่อคอลัมน์ไว้แถวแรก", "Put column names in the first row"
    ),
    "text_without_columns": Message(
        "ไม่พบคอลัมน์พิกัด ไฟล์นี้เป็นข้อความคอลัมน์เดียว เช่น “{line}”",
        "No columns of coordinates were found; the file is a text of one column, such as “{line}”",
        "ส่งตารางที่แถวแรกเป็นชื่อคอลัมน์ เช่น โครงการ, lat, lon",
        "Send a table whose first row names the columns, for example project, lat, lon",
    ),
    "file_no_workbook": Message(
        "{name} ไม่ใช่ไฟล์ Excel เนื้อหาเป็นข้อความ",
        "{name} is not an Excel file; it holds text",
        "เปิดใน Excel แล้วบันทึกเป็น .xlsx หรือส่งเป็น .csv",
        "Open it in Excel and save it as .xlsx, or send it as .csv",
    ),
    "table_without_coordinates": Message(
        "ไม่พบคอลัมน์พิกัด (มี {columns})",
        "No column of coordinates was found (there are {columns})",
        "ตั้งชื่อคอลัมน์ เช่น lat และ lon, x และ y, wkt หรือ พิกัด",
        "Name the columns for example lat and lon, x and y, or wkt",
    ),
}
