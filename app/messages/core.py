"""Messages of the edge itself: access, addresses, parameters, accounts, failures."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Access
    "sign_in_required": Message(
        "ต้องเข้าสู่ระบบก่อน",
        "Sign in first",
        "เข้าสู่ระบบที่ /login หรือส่งโทเคนในส่วนหัว Authorization",
        "Sign in at /login, or send a token in the Authorization header",
    ),
    "token_invalid": Message(
        "โทเคนนี้ใช้ไม่ได้ หมดอายุหรือถูกยกเลิกแล้ว",
        "This token is unknown, expired or revoked",
        "ออกโทเคนใหม่ที่หน้าบัญชีของฉัน",
        "Make a new token on the page My account",
    ),
    "token_not_here": Message(
        "โทเคนใช้ได้กับ /api/v1 และ /tiles เท่านั้น",
        "A token is good for /api/v1 and /tiles only",
        "หน้าเว็บให้เข้าสู่ระบบที่ /login",
        "For a page, sign in at /login",
    ),
    "forbidden": Message(
        "บัญชีนี้ทำรายการนี้ไม่ได้",
        "This account may not do this here",
        "ขอสิทธิ์ได้จาก {who}",
        "Ask {who} for access",
    ),
    "csrf_failed": Message(
        "หน้านี้เปิดค้างไว้นานหรือมาจากที่อื่น ยังไม่มีอะไรถูกบันทึก",
        "This page has been open too long or came from elsewhere; nothing was saved",
        "โหลดหน้าใหม่แล้วส่งอีกครั้ง",
        "Load the page again and send once more",
    ),
    # Addresses and requests
    "not_found": Message("ไม่พบสิ่งที่ขอ", "Not found", "ตรวจที่อยู่หรือค้นหาจากชื่อ", "Check the address, or search by name"),
    "method_not_allowed": Message("ที่อยู่นี้ไม่รับคำสั่ง {method}", "This address does not accept {method}"),
    "bad_request": Message("อ่านคำขอไม่ได้", "The request cannot be read"),
    "invalid_json": Message(
        "เนื้อความไม่ใช่ JSON ที่ถูกต้อง",
        "The body is not valid JSON",
        "ตรวจวงเล็บและเครื่องหมายคำพูด",
        "Check brackets and quotes",
    ),
    "json_too_deep": Message("เนื้อความซ้อนกันลึกเกินกำหนด", "The body is nested too deeply"),
    "json_with_nul": Message(
        "ข้อความมีอักขระ NUL ซึ่งเก็บไม่ได้",
        "A text holds the character NUL, which cannot be stored",
        "ลบ \\u0000 ออก",
        "Remove \\u0000",
    ),
    "object_expected": Message("เนื้อความต้องเป็นวัตถุ JSON", "The body must be a JSON object"),
    "unsupported_media_type": Message(
        "ไม่รับเนื้อความชนิด {given}", "A body of type {given} is not accepted", "ใช้ {allowed}", "Send {allowed}"
    ),
    "body_not_read": Message(
        "ที่อยู่นี้ไม่อ่านเนื้อความ จึงยังไม่ได้ทำอะไร",
        "This address reads no body; nothing was done",
        "ส่งใหม่โดยไม่มีเนื้อความ",
        "Send it again without a body",
    ),
    "body_with_parameters": Message(
        "ที่อยู่นี้ไม่อ่านเนื้อความ จึงยังไม่ได้ทำอะไร",
        "This address reads no body; nothing was done",
        "ใส่พารามิเตอร์ต่อท้ายที่อยู่หลังเครื่องหมาย ? ใช้ได้: {allowed}",
        "Put the parameters behind the address, after a question mark; allowed: {allowed}",
    ),
    "too_large": Message(
        "ข้อมูลที่ส่งใหญ่เกินกำหนด",
        "What was sent is larger than the limit",
        "ส่งได้ไม่เกิน {limit_mb} MB",
        "At most {limit_mb} MB",
    ),
    "too_many_requests": Message(
        "ส่งคำขอถี่เกินไป", "Too many requests", "ส่งได้อีกในราว {minutes} นาที", "Try again in about {minutes} minutes"
    ),
    "unreadable_value": Message("มีอักขระที่เก็บไม่ได้", "A value holds a character that cannot be stored"),
    "invalid_parameters": Message("พารามิเตอร์ในที่อยู่ไม่ถูกต้อง", "Parameters of the address are wrong"),
    "invalid_input": Message("ข้อมูลที่ส่งมายังต้องแก้", "What was sent needs mending"),
    "unknown_parameter": Message(
        "ไม่รู้จักพารามิเตอร์ {field}", "Unknown parameter {field}", "ใช้ได้: {allowed}", "Allowed: {allowed}"
    ),
    "invalid_parameter": Message(
        "{field} อ่านไม่ได้: {given}", "{field} cannot be read: {given}", "ต้องเป็น {expected_th}", "Must be {expected_en}"
    ),
    "repeated_parameter": Message("{field} ใส่ได้ครั้งเดียว", "{field} may be given once only"),
    "text_expected": Message("{field} ต้องเป็นข้อความ", "{field} must be a text"),
    "field_required": Message("ต้องใส่ {field}", "{field} is required"),
    "invalid_field": Message(
        "{field} อ่านไม่ได้: {given}", "{field} cannot be read: {given}", "ต้องเป็น {expected_th}", "Must be {expected_en}"
    ),
    # Concurrency
    "precondition_required": Message(
        "ต้องบอกรุ่นที่แก้ด้วยส่วนหัว If-Match",
        "Say which version you change, in the If-Match header",
        "ใช้ค่า ETag ที่ได้ตอนอ่าน",
        "Use the ETag that came with the reading",
    ),
    "precondition_unreadable": Message(
        "If-Match ต้องเป็นค่า ETag เดียวที่ได้ตอนอ่าน เช่น {example}",
        "If-Match must be the one ETag that came with the reading, such as {example}",
    ),
    "conflict": Message(
        "มีคนอื่นแก้ไปก่อน", "Somebody else changed this first", "โหลดรุ่นล่าสุดแล้วเทียบ", "Load the newest version and compare"
    ),
    # Accounts
    "username_taken": Message("มีชื่อผู้ใช้ {username} อยู่แล้ว", "The user name {username} is taken"),
    "email_taken": Message("มีบัญชีที่ใช้อีเมลนี้แล้ว", "Another account uses this e-mail address"),
    "username_unreadable": Message(
        "ชื่อผู้ใช้ {username} ใช้ไม่ได้",
        "The user name {username} cannot be used",
        "ใช้ a-z 0-9 . _ - @ ยาว 3 ถึง 64 ตัว",
        "Use a-z 0-9 . _ - @, 3 to 64 characters",
    ),
    "password_too_short": Message(
        "รหัสผ่านสั้นเกินไป", "The password is too short", "ใช้อย่างน้อย {minimum} ตัวอักษร", "Use at least {minimum} characters"
    ),
    "password_too_long": Message("รหัสผ่านยาวเกิน {maximum} ตัวอักษร", "The password is longer than {maximum} characters"),
    "password_wrong": Message("รหัสผ่านปัจจุบันไม่ถูกต้อง", "The current password is wrong"),
    "password_repeats_name": Message("รหัสผ่านต้องไม่เหมือนชื่อผู้ใช้", "The password may not be the user name"),
    "account_not_found": Message("ไม่พบบัญชี {username}", "There is no account {username}"),
    "token_not_found": Message("ไม่พบโทเคนนี้", "There is no such token"),
    "token_name_required": Message(
        "ต้องตั้งชื่อโทเคน", "Give the token a name", "ใช้ 1 ถึง 100 ตัวอักษร", "Use 1 to 100 characters"
    ),
    "unknown_role": Message("ไม่รู้จักบทบาท {role}", "Unknown role {role}", "ใช้ได้: {allowed}", "Allowed: {allowed}"),
    "role_needs_organisation": Message("บทบาท {role} ต้องระบุ อปท.", "The role {role} needs an organisation"),
    "role_needs_area": Message("บทบาท {role} ต้องระบุพื้นที่", "The role {role} needs an area"),
    "account_organisation_unknown": Message(
        "ไม่มี อปท. รหัส {organisation}", "There is no organisation {organisation}", "ตรวจรหัส อปท.", "Check the code"
    ),
    "account_area_unknown": Message("ไม่มีพื้นที่รหัส {area}", "There is no area {area}", "ตรวจรหัสพื้นที่", "Check the code"),
    "unknown_language": Message("ไม่มีภาษา {language}", "No language {language}", "ใช้ th หรือ en", "Use th or en"),
    # Failures
    "unexpected": Message(
        "ระบบขัดข้อง ข้อมูลที่บันทึกไว้ไม่หาย",
        "Something failed; nothing that was saved is lost",
        "ลองใหม่ได้ ถ้ายังไม่ได้ แจ้งเลขที่ {request_id}",
        "Try again; if it fails again, quote {request_id}",
    ),
    "unavailable": Message(
        "ส่วนนี้ของระบบยังไม่พร้อม", "This part of the platform is not running", "ลองใหม่ในอีกสักครู่", "Try again in a moment"
    ),
    "database_unavailable": Message(
        "ฐานข้อมูลยังไม่ตอบ ข้อมูลที่บันทึกไว้ไม่หาย",
        "The database does not answer; nothing that was saved is lost",
        "ลองใหม่ในอีกสักครู่",
        "Try again in a moment",
    ),
    "too_slow": Message(
        "ค้นหานานเกินกำหนด", "The request took too long", "เพิ่มตัวกรองให้แคบลงแล้วลองใหม่", "Add filters and try again"
    ),
    "collided": Message(
        "มีผู้อื่นบันทึกข้อมูลชุดเดียวกันในเวลาเดียวกัน จึงยังไม่ได้บันทึกของท่าน",
        "Somebody else was saving the same records at the same moment; yours was not saved",
        "รอสักครู่แล้วกดบันทึกอีกครั้ง ไม่มีข้อมูลใดสูญหาย",
        "Wait a moment and save again; nothing is lost",
    ),
}
