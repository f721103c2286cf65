"""Sentences about keeping the platform in order, the data service, and files that are made again and again."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Maintenance
    "read_only": Message(
        "ระบบเปิดให้อ่านอย่างเดียวถึง {until} ({reason}) ยังไม่มีอะไรถูกบันทึก",
        "The system is read-only until {until} ({reason}). Nothing was saved",
        "เก็บสิ่งที่พิมพ์ไว้แล้วส่งอีกครั้งหลังเวลานี้",
        "Keep what you typed and send it again after that time",
    ),
    "part_closed": Message(
        "ส่วนนี้ปิดถึง {until} ({reason})",
        "This part is closed until {until} ({reason})",
        "เปิดอีกครั้งหลังเวลานี้ ส่วนอื่นของระบบยังอ่านได้",
        "Open it again after that time; the other parts can be read",
    ),
    "maintenance_not_found": Message(
        "ไม่มีช่วงปรับปรุงระบบเลขที่ {window} หรือผ่านไปแล้ว",
        "There is no maintenance window {window}, or it is over",
        "โหลดหน้านี้อีกครั้ง",
        "Load the page again",
    ),
    "maintenance_reversed": Message(
        "เวลาสิ้นสุดต้องอยู่หลังเวลาเริ่ม", "The end must be after the beginning", "แก้วันหรือเวลา", "Change a day or a time"
    ),
    "maintenance_too_long": Message(
        "ช่วงปรับปรุงยาวเกิน {days} วัน",
        "A window is no longer than {days} days",
        "ตรวจเดือนและปีที่พิมพ์",
        "Check month and year",
    ),
    "maintenance_day": Message(
        "ช่วงนี้ผ่านไปแล้ว หรือไกลเกินหนึ่งปี",
        "This is over already, or more than a year away",
        "ตรวจวันและปีที่พิมพ์",
        "Check day and year",
    ),
    "maintenance_overlap": Message(
        "ทับกับช่วงปรับปรุงที่ประกาศไว้แล้ว ({begins_at} ถึง {ends_at})",
        "Another window is announced for that time ({begins_at} to {ends_at})",
        "แก้ช่วงเดิม หรือเลือกเวลาที่ไม่ทับกัน",
        "Amend that one, or choose another time",
    ),
    "maintenance_notice": Message(
        "แจ้งล่วงหน้าได้ {least} ถึง {most} ชั่วโมง",
        "Notice is given {least} to {most} hours before",
        "พิมพ์จำนวนชั่วโมง",
        "Give a number of hours",
    ),
    "time_unreadable": Message(
        "อ่านเวลา “{given}” ไม่ได้",
        "The time “{given}” cannot be read",
        "พิมพ์เป็น 20:00 หรือ 20.00 น.",
        "Write it like 20:00",
    ),
    # Tokens of the data service
    "token_expired": Message(
        "โทเคนนี้หมดอายุเมื่อ {at}",
        "This token expired at {at}",
        "ขอโทเคนใหม่จากผู้ออกโทเคน",
        "Ask whoever issued it for a new one",
    ),
    "token_revoked": Message(
        "โทเคนนี้ถูกยกเลิกเมื่อ {at}",
        "This token was revoked at {at}",
        "ติดต่อผู้ออกโทเคน",
        "Ask whoever issued it",
    ),
    "token_reads_only": Message(
        "โทเคนของบริการข้อมูลอ่านได้อย่างเดียว",
        "A token of the data service only reads",
        "ใช้ GET กับที่อยู่ในขอบเขตของโทเคน",
        "Use GET on addresses in the scope of the token",
    ),
    "token_scope": Message(
        "โทเคนนี้ไม่ครอบคลุม {resource} ขอบเขตคือ {allowed}",
        "This token does not reach {resource}; its scope is {allowed}",
        "ขอเพิ่มขอบเขตจากกรมส่งเสริมการปกครองท้องถิ่น",
        "Ask the department for a wider scope",
    ),
    "token_area": Message(
        "พื้นที่ {area} อยู่นอกขอบเขตของโทเคน ({allowed})",
        "Area {area} is outside the scope of the token ({allowed})",
        "ใช้รหัสพื้นที่ในขอบเขตนี้",
        "Use codes of areas inside the scope",
    ),
    "token_area_not_here": Message(
        "ที่อยู่นี้แยกตามพื้นที่ไม่ได้ โทเคนนี้อ่านได้เฉพาะพื้นที่ {allowed}",
        "This address cannot be narrowed to an area; the token reads {allowed} only",
        "ใช้ /api/v1/projects, /api/v1/layers/projects/items, /api/v1/exports หรือ /api/v1/changes",
        "Use /api/v1/projects, /api/v1/layers/projects/items, /api/v1/exports or /api/v1/changes",
    ),
    "quota_exceeded": Message(
        "ใช้ครบโควตา {quota} ({limit} ต่อวัน) แล้ว",
        "The quota of {quota} ({limit} a day) is used up",
        "เริ่มใหม่ตอนเที่ยงคืนเวลาไทย หรือขอโควตาเพิ่มจากกรม",
        "It begins again at midnight in Thailand; the department can raise it",
    ),
    "service_account_name": Message(
        "ชื่อบัญชีของโปรแกรมต้องขึ้นต้นด้วย agency- ตามด้วยอักษรอังกฤษตัวเล็ก ตัวเลข หรือขีด",
        "An account of a program is called agency- and small letters, digits or dashes",
        "เช่น agency-doh",
        "For example agency-doh",
    ),
    "service_account_taken": Message(
        "มีบัญชี {username} แล้ว",
        "The account {username} exists already",
        "ออกโทเคนของบัญชีเดิม หรือใช้ชื่ออื่น",
        "Issue a token for it, or choose another name",
    ),
    "agency_account_unknown": Message(
        "{username} ไม่ใช่บัญชีของหน่วยงานภายนอก",
        "{username} is no account of an agency",
        "เลือกจากรายการ",
        "Choose from the list",
    ),
    "token_needs_resource": Message(
        "เลือกข้อมูลที่โทเคนอ่านได้อย่างน้อยหนึ่งอย่าง",
        "Choose at least one thing that the token reads",
        "เลือกจากรายการ",
        "Choose from the list",
    ),
    "token_needs_end": Message(
        "อายุโทเคนต้องเป็น 1 ถึง {most} วัน",
        "A token is good for 1 to {most} days",
        "พิมพ์จำนวนวัน",
        "Give a number of days",
    ),
    "quota_unreadable": Message(
        "โควตาต้องเป็น 1 ถึง {most}", "A quota is 1 to {most}", "พิมพ์เป็นจำนวนเต็ม", "Give a whole number"
    ),
    "token_area_unknown": Message(
        "ไม่มีพื้นที่รหัส {area}",
        "There is no area {area}",
        "ใช้รหัสจังหวัด 2 หลัก อำเภอ 4 หลัก หรือตำบล 6 หลัก",
        "Use codes of 2, 4 or 6 digits",
    ),
    "token_from_department": Message(
        "โทเคนของหน่วยงานภายนอกออกโดยกรมส่งเสริมการปกครองท้องถิ่น",
        "Tokens of agencies are issued by the department",
        "แจ้งข้อมูล พื้นที่ และจำนวนครั้งต่อวันที่ต้องใช้",
        "Say which data, which areas and how many requests a day you need",
    ),
    # Change feed
    "cursor_too_old": Message(
        "ประวัติการเปลี่ยนแปลงจากตำแหน่งนี้ไม่มีแล้ว เก็บไว้ {days} วัน",
        "Changes from this cursor are not told any more; they are kept for {days} days",
        "ดึงข้อมูลทั้งหมดใหม่จาก {begin} แล้วอ่านต่อจาก {cursor}",
        "Take everything anew from {begin}, then go on from {cursor}",
    ),
    "cursor_of_another_log": Message(
        "ตำแหน่งนี้เป็นของบันทึกชุดอื่น (ระบบอาจกู้จากสำรอง)",
        "This cursor is of another log (the platform may have been restored from a backup)",
        "ดึงข้อมูลทั้งหมดใหม่จาก {begin} แล้วอ่านต่อจาก {cursor}",
        "Take everything anew from {begin}, then go on from {cursor}",
    ),
    # Files that are made again and again
    "token_area_needed": Message(
        "ต้องระบุพื้นที่ เพราะโทเคนนี้ใช้ได้เฉพาะ {allowed}",
        "Areas are needed: this token reaches {allowed} only",
        "ใส่ areas อย่างน้อย 1 รหัส",
        "Give at least one code in areas",
    ),
    "export_order_not_found": Message(
        "ไม่มีการสั่งไฟล์ตามกำหนดเลขที่ {order}",
        "There is no standing order {order}",
        "โหลดหน้านี้อีกครั้ง",
        "Load the page again",
    ),
    "export_copy_not_found": Message(
        "ไม่มีไฟล์ของรอบนี้ หรือเก็บครบจำนวนแล้วจึงลบ",
        "There is no file of that time, or newer ones have taken its place",
        "ใช้ไฟล์รอบล่าสุด",
        "Take the newest one",
    ),
    "export_orders_full": Message(
        "สั่งไฟล์ตามกำหนดได้ไม่เกิน {most} รายการ",
        "No more than {most} standing orders",
        "เลิกรายการที่ไม่ใช้ก่อน",
        "End one that is not needed",
    ),
    "export_keep": Message("เก็บได้ 1 ถึง {most} รอบ", "1 to {most} copies are kept", "พิมพ์จำนวนรอบ", "Give a number"),
}
