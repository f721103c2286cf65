"""Sentences about the proof of the change log."""

from __future__ import annotations

from app.messages.base import Message

MESSAGES: dict[str, Message] = {
    "audit_checking": Message("ตรวจบล็อก", "Checking blocks"),
    "audit_holds": Message(
        "บันทึกการแก้ไขครบถ้วน ไม่ถูกแก้: {blocks:,} บล็อก {rows:,} แถว",
        "The change log is complete and unaltered: {blocks:,} blocks, {rows:,} rows",
    ),
    "audit_broken": Message(
        "บันทึกการแก้ไขพิสูจน์ไม่ได้: พบ {count:,} ข้อ จาก {blocks:,} บล็อก {rows:,} แถว",
        "The change log is NOT proved: {count:,} findings in {blocks:,} blocks, {rows:,} rows",
        "เก็บฐานข้อมูลและสำรองข้อมูลไว้ตามเดิม แล้วเทียบแถวที่บอกกับสำรองข้อมูลก่อนหน้า",
        "Keep the database and its backups as they are, and compare the rows told with an earlier backup",
    ),
    "audit_head": Message(
        "บล็อกล่าสุด {number}:{sha256} ผนึกเมื่อ {sealed_at}", "Newest block {number}:{sha256} sealed at {sealed_at}"
    ),
    "audit_heads_checked": Message(
        "ค่าที่เก็บไว้นอกฐานข้อมูล {count:,} ค่า เทียบแล้ว", "{count:,} heads kept outside the database were compared"
    ),
    "audit_tail": Message(
        "อีก {count:,} แถวยังไม่ผนึก ตั้งแต่ {since} ยังพิสูจน์ไม่ได้",
        "{count:,} more rows since {since} are not sealed yet and not proved",
        "สั่ง ./eplan audit seal หรือดูว่า worker ทำงานอยู่",
        "Run ./eplan audit seal, or see whether the worker runs",
    ),
    "audit_nothing_sealed": Message("ยังไม่มีบล็อกใดผนึกไว้", "Nothing is sealed yet"),
    "audit_sealed": Message("ผนึก {rows:,} แถว เป็น {blocks:,} บล็อก", "Sealed {rows:,} rows in {blocks:,} blocks"),
    "audit_nothing_to_seal": Message("ไม่มีแถวที่รอผนึก", "Nothing waits to be sealed"),
    "audit_no_such_block": Message(
        "ไม่มีบล็อก {block} บล็อกล่าสุดคือ {newest}", "There is no block {block}; the newest is {newest}"
    ),
    "audit_head_unreadable": Message(
        "อ่านค่าบล็อกไม่ได้: {given}",
        "This is no head of a block: {given}",
        "ใช้ตามที่ ./eplan audit head พิมพ์ เช่น 17:9f86d0… (64 หลัก)",
        "Give it as ./eplan audit head prints it: NUMBER:SHA256 (64 digits)",
    ),
    # What is wrong
    "audit_rows_changed": Message(
        "บล็อก {block}: แถวถูกแก้หลังผนึก {count:,} แถว เลขที่ {rows}",
        "Block {block}: {count:,} rows changed after they were sealed, numbers {rows}",
    ),
    "audit_rows_missing": Message(
        "บล็อก {block}: แถวหายไป {count:,} แถว เลขที่ {rows}", "Block {block}: {count:,} rows are gone, numbers {rows}"
    ),
    "audit_rows_added": Message(
        "มี {count:,} แถวแทรกในช่วงที่ผนึกแล้ว ไม่อยู่ในบล็อกใด เลขที่ {rows}",
        "{count:,} rows stand in the sealed part of the log and belong to no block, numbers {rows}",
    ),
    "audit_block_changed": Message(
        "บล็อก {block} ไม่ตรงกับค่า SHA-256 ของตัวเอง: บล็อกถูกแก้",
        "Block {block} does not have its own SHA-256: it was altered",
    ),
    "audit_block_missing": Message("บล็อก {block} ถึง {last} หายไป", "Blocks {block} to {last} are gone"),
    "audit_block_overlaps": Message(
        "บล็อก {block} มีแถวของบล็อกก่อนหน้า", "Block {block} claims rows that belong before it"
    ),
    "audit_link_broken": Message(
        "บล็อก {block} ไม่ต่อจากบล็อก {previous}: บล็อกใดบล็อกหนึ่งถูกแทน",
        "Block {block} does not follow from block {previous}: one of the two was replaced",
    ),
    "audit_version_unknown": Message(
        "บล็อก {block} เป็นรุ่น {version} ที่โปรแกรมนี้ไม่รู้จัก",
        "Block {block} is of version {version}, which this program does not know",
        "ใช้โปรแกรมรุ่นใหม่กว่า",
        "Use a newer program",
    ),
    "audit_head_unknown": Message(
        "ค่าที่เก็บไว้ {count:,} ค่าไม่อยู่ในสายนี้ ค่าแรกคือ {head} (บล็อก {block}): สายถูกตัดหรือเขียนใหม่ตั้งแต่ตรงนั้น",
        "{count:,} heads kept outside are no part of this chain, the first being {head} (block {block}): from there the"
        " chain was cut or rewritten",
        "ถ้าเพิ่งกู้ฐานข้อมูลจากสำรองข้อมูลที่เก่ากว่า ให้ย้าย var/audit-heads.txt ไปเก็บไว้ แล้วจดเหตุผลไว้ด้วย",
        "If the database was restored from an older backup, put var/audit-heads.txt away and write down why",
    ),
}
