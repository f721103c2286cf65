"""Messages about what organisations say of themselves."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "profile_changed": Message(
        "ข้อมูลทั่วไปถูกแก้ไปก่อน ของคุณยังไม่ถูกบันทึกและไม่หาย",
        "Somebody else changed the profile first; yours is not saved and not lost",
        "ดูค่าล่าสุดแล้วบันทึกอีกครั้ง",
        "Look at what stands and save again",
    ),
    "population_changed": Message(
        "ประชากรปี {years} ถูกแก้ไปก่อน ของคุณยังไม่ถูกบันทึกและไม่หาย",
        "Somebody else changed the population of {years} first; yours is not saved and not lost",
        "ดูค่าล่าสุดแล้วบันทึกอีกครั้ง",
        "Look at what stands and save again",
    ),
    "population_year_twice": Message(
        "มีปี {year} สองแถว", "The year {year} stands twice", "เหลือแถวเดียวต่อปี", "Keep one line a year"
    ),
    "area_km2_unreadable": Message(
        "อ่านพื้นที่ไม่ได้: {given}",
        "The area cannot be read: {given}",
        "ใส่ตัวเลขเป็นตารางกิโลเมตร ทศนิยมไม่เกิน 2 ตำแหน่ง เช่น 41.50",
        "Give square kilometres, two decimals at most, for example 41.50",
    ),
    "postcode_unreadable": Message(
        "รหัสไปรษณีย์ใช้ไม่ได้: {given}", "Not a postcode: {given}", "ใส่ตัวเลข 5 หลัก", "Give five digits"
    ),
    "office_phone_unreadable": Message(
        "เบอร์โทรใช้ไม่ได้: {given}",
        "Not a telephone number: {given}",
        "ใส่เบอร์สำนักงาน เช่น 0 4524 1000 ต่อ 12",
        "Give the office's number, such as 0 4524 1000 ext 12",
    ),
    "office_email_unreadable": Message(
        "อีเมลใช้ไม่ได้: {given}",
        "Not an e-mail address: {given}",
        "ใส่อีเมลกลางของสำนักงาน เช่น saraban@example.go.th",
        "Give the office's own, such as saraban@example.go.th",
    ),
    "website_unreadable": Message(
        "ที่อยู่เว็บไซต์ใช้ไม่ได้: {given}",
        "Not a web address: {given}",
        "ใส่เช่น https://www.example.go.th",
        "Give for example https://www.example.go.th",
    ),
}
