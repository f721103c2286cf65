"""Messages about pictures: those that are not kept, and those that hang on projects."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # gis.pictures
    "picture_empty": Message("ไฟล์ภาพว่างเปล่า", "The picture file is empty", "เลือกไฟล์อื่น", "Choose another file"),
    "picture_unknown": Message(
        "ไฟล์นี้ไม่ใช่ภาพ JPEG, PNG หรือ WebP",
        "This file is no JPEG, PNG or WebP picture",
        "เปิดภาพแล้วบันทึกเป็น JPEG",
        "Open the picture and save it as JPEG",
    ),
    "picture_damaged": Message(
        "ภาพเสียหรือไม่ครบ เปิดไม่ได้ ({reason})",
        "The picture is damaged or incomplete ({reason})",
        "ส่งไฟล์ต้นฉบับจากกล้องอีกครั้ง",
        "Send the camera's own file again",
    ),
    "picture_too_large": Message(
        "ภาพใหญ่ {size_mb} MB",
        "The picture has {size_mb} MB",
        "ส่งได้ไม่เกิน {limit_mb} MB ต่อภาพ ตั้งกล้องให้ภาพเล็กลง",
        "At most {limit_mb} MB a picture; set the camera to a smaller size",
    ),
    "picture_too_many_pixels": Message(
        "ภาพมี {megapixels} ล้านจุด",
        "The picture has {megapixels} megapixels",
        "ส่งได้ไม่เกิน {limit} ล้านจุด ย่อภาพก่อนส่ง",
        "At most {limit} megapixels; make it smaller first",
    ),
    "picture_too_small": Message(
        "ภาพเล็กเกินไป ({width} × {height} จุด)",
        "The picture is too small ({width} × {height} pixels)",
        "ใช้ภาพที่แต่ละด้านไม่น้อยกว่า {least} จุด",
        "Each side needs at least {least} pixels",
    ),
    "picture_too_many_scans": Message(
        "ภาพเก็บเป็นชั้นมากผิดปกติ",
        "The picture is stored in far too many layers",
        "ใช้ได้ไม่เกิน {limit} ชั้น เปิดภาพแล้วบันทึกเป็น JPEG ใหม่",
        "At most {limit} are read; open the picture and save it as JPEG again",
    ),
    "pictures_busy": Message(
        "ระบบกำลังอ่านภาพอื่นอยู่",
        "Other pictures are being read",
        "รอ {retry_after_s} วินาทีแล้วส่งใหม่",
        "Send it again in {retry_after_s} seconds",
    ),
    # Pictures of projects
    "picture_missing": Message("ยังไม่ได้เลือกภาพ", "No picture was chosen", "เลือกไฟล์ภาพ", "Choose a picture file"),
    "attachments_full": Message(
        "โครงการนี้มีภาพครบ {limit} ภาพแล้ว",
        "This project has {limit} pictures already",
        "ลบภาพที่ซ้ำหรือไม่ชัดก่อน",
        "Remove some that show the same first",
    ),
    "attachment_not_found": Message(
        "ไม่พบภาพนี้ในโครงการ", "The project has no such picture", "โหลดหน้าใหม่", "Load the page again"
    ),
    "attachment_file_gone": Message(
        "ไม่พบไฟล์ของภาพนี้ในที่เก็บ",
        "The file of this picture is not in its place",
        "แจ้งผู้ดูแลระบบให้กู้โฟลเดอร์ attachments จากสำเนา",
        "Ask the operator to restore the folder attachments from the backup",
    ),
    "attachment_hangs_already": Message(
        "ภาพเดียวกันนี้แนบอยู่แล้ว",
        "The same picture is attached already",
        "ใช้ภาพที่แนบอยู่",
        "Use the one that is attached",
    ),
    "attachment_project_withdrawn": Message(
        "โครงการนี้ถูกถอนไปกับการนำเข้าที่เลิกทำ",
        "This project was withdrawn with its import",
        "แนบภาพกับโครงการอื่น",
        "Attach the picture to another project",
    ),
    "caption_too_long": Message(
        "คำบรรยายยาว {length} ตัวอักษร",
        "The caption has {length} characters",
        "ใส่ได้ไม่เกิน {limit} ตัวอักษร",
        "At most {limit} characters",
    ),
    "stage_unknown": Message("ไม่มีช่วงงาน {given}", "There is no stage {given}", "ใช้ได้: {allowed}", "Allowed: {allowed}"),
    # Photographs at the import desk
    "photo_attached_only": Message(
        "แนบภาพกับโครงการ {code} เท่านั้น ไม่เปลี่ยนพิกัด",
        "The photograph is attached to {code} only; its coordinates stay",
    ),
    "import_step_pictures": Message("อ่านภาพถ่าย", "Reading the photographs"),
    "photo_far": Message(
        "ภาพถ่ายห่างจากโครงการ {code} {distance_m} ม.",
        "Taken {distance_m} m from {code}",
        "ตรวจว่าเลือกโครงการถูก",
        "Check that the project is the right one",
    ),
    "photo_is_no_line": Message(
        "ภาพถ่ายเป็นจุดเดียว ใช้สร้างงานที่เป็นเส้นไม่ได้",
        "A photograph is one point; it cannot make a work that is a line",
        "เลือกโครงการที่มีอยู่ ภาพจะแนบกับโครงการนั้น",
        "Choose a project that is there; the photograph is attached to it",
    ),
    "photo_not_kept": Message(
        "เก็บภาพนี้ไม่ได้ รับได้เฉพาะพิกัด: {reason_th}",
        "This picture is not kept, only its place: {reason_en}",
        "ส่งไฟล์ต้นฉบับจากกล้องอีกครั้งถ้าต้องการภาพ",
        "Send the camera's own file again if the picture is wanted",
    ),
    "match_distance": Message("ห่าง {distance_m} ม.", "{distance_m} m away"),
    "match_code_in_file_name": Message("ชื่อไฟล์มีรหัสโครงการ", "the file's name holds the code"),
}
