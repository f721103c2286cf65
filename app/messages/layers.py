"""Messages about layers, tiles and exports."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "layer_not_found": Message(
        "ไม่มีชั้นข้อมูล {layer}", "There is no layer {layer}", "ใช้ได้: {layers}", "There are: {layers}"
    ),
    "tile_outside": Message(
        "ไม่มีแผ่นแผนที่ {tile}",
        "There is no tile {tile}",
        "z 0 ถึง 22, x และ y 0 ถึง 2^z - 1",
        "z 0 to 22, x and y 0 to 2^z - 1",
    ),
    "export_format_unknown": Message(
        "ไม่มีรูปแบบไฟล์ {format}", "There is no file format {format}", "ใช้ได้: {formats}", "There are: {formats}"
    ),
    "export_epsg_unknown": Message(
        "ไม่รู้จักระบบพิกัด EPSG:{epsg}", "Unknown coordinate system EPSG:{epsg}", "ใช้ได้: {allowed}", "Allowed: {allowed}"
    ),
    "export_crs_fixed": Message(
        "ไฟล์ {format} ใช้ได้เฉพาะ EPSG:4326",
        "A {format} file can only be in EPSG:4326",
        "เลือกรูปแบบอื่น เช่น gpkg",
        "Choose another format, such as gpkg",
    ),
    "export_too_large": Message(
        "รายการ {features} แถวใหญ่เกินกว่าจะส่งทันที",
        "{features} rows are too many to send at once",
        "สั่งเป็นงานเบื้องหลังหรือกรองให้แคบลง",
        "Order it as a background job, or narrow the filter",
    ),
    "open_data_busy": Message(
        "มีผู้ดาวน์โหลดชุดข้อมูลขนาดใหญ่พร้อมกันเต็มจำนวน",
        "As many large packages as can be made at once are being made",
        "ลองใหม่ในอีกไม่กี่นาที หรือกรองทีละปีงบประมาณหรือทีละจังหวัด",
        "Try again in a few minutes, or take one fiscal year or one province at a time",
    ),
    "open_table_not_found": Message("ไม่มีตาราง {table} มี {allowed}", "There is no table {table}; there are {allowed}"),
    "export_unknown_field": Message("ไม่รู้จักช่อง {field}", "Unknown field {field}"),
    "export_step_writing": Message("เขียนไฟล์", "Writing the file"),
    "export_not_done": Message(
        "ไฟล์ยังไม่เสร็จ", "The file is not ready yet", "ดูความคืบหน้าที่งานเบื้องหลัง", "See the progress of the job"
    ),
    "export_expired": Message("ไฟล์นี้ถูกลบแล้ว", "This file has been removed", "สั่งส่งออกอีกครั้ง", "Order the export again"),
}
