"""Messages of accounts: issuing, roles, first passwords, second factors, hand-overs."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    # Signing in
    "password_change_required": Message(
        "ต้องตั้งรหัสผ่านของตนเองก่อน รหัสที่ได้รับมาใช้เข้าระบบได้ครั้งเดียว",
        "Choose a password of your own first: the one you were given opens once",
        "เข้าสู่ระบบที่หน้าเว็บ แล้วตั้งรหัสผ่านที่ /sign-in/password",
        "Sign in on the page and choose one at /sign-in/password",
    ),
    "second_factor_required": Message(
        "ต้องใส่รหัสจากแอปยืนยันตัวตนก่อน",
        "Give the code of your authenticator first",
        "ใส่รหัสที่ /sign-in/code",
        "Give it at /sign-in/code",
    ),
    "second_factor_setup_required": Message(
        "บัญชีเจ้าหน้าที่จังหวัดขึ้นไปต้องตั้งแอปยืนยันตัวตนก่อน",
        "Accounts of officers and above need an authenticator first",
        "เข้าสู่ระบบที่หน้าเว็บ แล้วตั้งที่ /account/second-factor",
        "Sign in on the page and set one up at /account/second-factor",
    ),
    "first_password_gone": Message(
        "รหัสผ่านครั้งแรกนี้ถูกใช้หรือถูกแทนที่แล้ว",
        "This first password has been used or replaced",
        "เข้าสู่ระบบอีกครั้ง หรือขอรหัสใหม่จากผู้ออกบัญชี",
        "Sign in again, or ask whoever issues your account for a new one",
    ),
    # Passwords
    "password_again": Message(
        "รหัสผ่านใหม่ต้องไม่ใช่รหัสที่ได้รับมา",
        "The new password cannot be the one you were given",
    ),
    "password_common": Message(
        "รหัสผ่านนี้มีคนใช้มาก เดาได้ทันที",
        "This password is in common use and is guessed at once",
        "ใช้คำสามสี่คำที่ไม่เกี่ยวกัน เช่นประโยคที่คุณคนเดียวนึกออก",
        "Use three or four words that have nothing to do with each other",
    ),
    "password_monotonous": Message(
        "รหัสผ่านนี้ซ้ำตัวเดิมหรือเรียงตามแป้น เดาได้ง่าย",
        "This password repeats itself or runs along the keyboard",
        "ใช้คำสามสี่คำที่ไม่เกี่ยวกัน",
        "Use three or four words that have nothing to do with each other",
    ),
    # Second factor
    "second_factor_on": Message("เปิดใช้แอปยืนยันตัวตนอยู่แล้ว", "The authenticator is on already"),
    "second_factor_off": Message("{name} ไม่ได้ใช้แอปยืนยันตัวตน", "{name} has no authenticator"),
    "second_factor_needed": Message(
        "บทบาทของคุณต้องใช้แอปยืนยันตัวตน จึงปิดไม่ได้",
        "Your role needs an authenticator, so it cannot be switched off",
        "เปลี่ยนเครื่องได้โดยขอให้ผู้ออกบัญชีล้างของเดิม",
        "For a new telephone, ask whoever issues your account to take the old one away",
    ),
    # Administration
    "person_not_found": Message("ไม่พบผู้ใช้นี้", "There is no such person"),
    "person_role_not_found": Message("ไม่พบบทบาทนี้ของผู้ใช้", "The person holds no such role"),
    "person_not_named": Message(
        "ไม่มีบัญชีชื่อ {username}",
        "There is no account with the name {username}",
        "ตรวจตัวสะกด หรือออกบัญชีใหม่",
        "Check the spelling, or issue an account",
    ),
    "person_changed": Message(
        "มีผู้แก้บัญชีของ {name} ไปก่อนแล้ว ยังไม่มีอะไรถูกบันทึก",
        "Somebody else has changed the account of {name}; nothing was saved",
        "ดูสิ่งที่เปลี่ยน แล้วทำอีกครั้งถ้ายังต้องการ",
        "Look at what changed and do it again if you still want to",
    ),
    "own_account": Message(
        "จัดการบัญชีของตนเองที่นี่ไม่ได้",
        "Nobody administers their own account here",
        "เปลี่ยนรหัสผ่านของตนเองที่บัญชีของฉัน เรื่องอื่นให้ผู้ออกบัญชีทำ",
        "Your password is changed at My account; the rest is for whoever issues your account",
    ),
    "person_above": Message(
        "ผู้ใช้นี้มีบทบาทที่คุณไม่ได้เป็นผู้ออก จึงทำกับทั้งบัญชีไม่ได้",
        "This person holds a role that you do not issue, so their whole account is not yours to change",
        "ถอนได้เฉพาะบทบาทที่คุณออก เรื่องอื่นให้ระดับที่ออกบทบาทนั้น",
        "Take away the roles that you issue; the rest is for whoever issues the other role",
    ),
    "account_disabled": Message(
        "บัญชีของ {name} ปิดอยู่", "The account of {name} is disabled", "เปิดบัญชีก่อน", "Enable it first"
    ),
    "role_not_given": Message(
        "คุณไม่ได้เป็นผู้ออกบทบาทนี้ที่นี่",
        "You do not issue this role here",
        "ผู้บริหารออกให้เจ้าหน้าที่ของ อปท. ตน ท้องถิ่นจังหวัดออกให้ผู้บริหารและจังหวัด กรมออกได้ทั้งหมด",
        "Executives issue for their own staff, provinces for executives and their officers, the department for all",
    ),
    "person_elsewhere": Message(
        "คนนี้ทำงานอยู่จังหวัดอื่นหรือส่วนกลาง กรมเท่านั้นที่ให้บทบาทเพิ่มได้",
        "This person works in another province or for the department; only the department gives a further role",
        "ให้กรมเป็นผู้เพิ่มบทบาท หรือออกบัญชีของที่นี่ให้",
        "Ask the department, or issue an account of this place",
    ),
    "role_days_crossed": Message("วันสิ้นสุดอยู่ก่อนวันเริ่ม", "The last day is before the first"),
    "role_days_past": Message("วันสิ้นสุดผ่านไปแล้ว", "The last day has passed"),
    "last_executive": Message(
        "{organisations} จะไม่มีผู้บริหารที่เข้าระบบได้",
        "{organisations} would have no executive who can sign in",
        "ออกบัญชีให้คนใหม่ก่อน หรือยืนยันว่าทราบแล้ว",
        "Issue an account for the new one first, or confirm that you know",
    ),
    "token_not_for_accounts": Message(
        "โทเคนใช้จัดการบัญชีไม่ได้ โทเคนที่หลุดต้องไม่อยู่ต่อในชื่ออื่น",
        "A token does not administer accounts: one that leaked must not live on under another name",
        "เข้าสู่ระบบที่หน้าเว็บ",
        "Sign in on the page",
    ),
    # Hand-over
    "hand_over_self": Message("ผู้รับต้องเป็นคนละคนกับผู้ส่ง", "The successor has to be somebody else"),
    "hand_over_successor": Message(
        "{name} รับมอบไม่ได้ เพราะบัญชีปิดอยู่หรือไม่มีบทบาทในหน่วยงานที่มอบ",
        "{name} cannot take over: the account is disabled, or holds no role where the work is",
        "เลือกให้บทบาทเดียวกัน หรือเลือกคนอื่น",
        "Give them the same roles, or choose somebody else",
    ),
    "hand_over_not_found": Message("ไม่พบการมอบงานนี้", "There is no such hand-over"),
}
